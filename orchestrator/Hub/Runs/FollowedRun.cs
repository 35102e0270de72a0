using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Engine;
using Flows.Hub.Storage;

namespace Flows.Hub.Runs;

/// <summary>A run that lives at another orchestrator: its state as the journal gives it, kept up by reading what comes.</summary>
public sealed class FollowedRun : IWatchedRun
{
    private readonly Lock _gate = new();
    private readonly RunState _state;
    private readonly StateNews _news;
    private long _seq;

    public FollowedRun(RunRow row, FlowGraph graph)
    {
        Row = row;
        _state = new RunState(row.Id, graph);
        _news = new StateNews(_state, Summary);
    }

    public RunRow Row { get; }

    public RunFeed Feed { get; } = new();

    /// <summary>Its journal says that it is over; its row may not yet.</summary>
    public bool IsOver
    {
        get { lock (_gate) return _state.Status == RunStatus.Finished; }
    }

    public RunRecord ToRecord()
    {
        lock (_gate) return RunCompany.Completed(_state.ToRecord(), Row, _news.Progress);
    }

    public RunSummary Summary()
    {
        lock (_gate) return Row.ToSummary() with { Status = _state.Status, SubStatus = _state.SubStatus };
    }

    /// <summary>Reads on in the journal and tells the watchers; false when there was nothing new.</summary>
    public bool Follow(IJournal journal)
    {
        IReadOnlyList<(string Kind, object Data)> news;
        lock (_gate)
        {
            var events = journal.Read(Row.Id, _seq);
            if (events.Count == 0) return false;
            foreach (var body in events) _state.Apply(JsonSerializer.Deserialize<RunEvent>(body, ContractJson.Options)!);
            _seq += events.Count;
            news = _news.Take(Feed.IsWatched);
        }
        Feed.Publish(news);
        return true;
    }

    public void Progress(int step, double share, string? text)
    {
        StepRecord? record;
        lock (_gate) record = _news.Advance(step, share, text);
        if (record is not null) Feed.Publish([("step", record)]);
    }
}
