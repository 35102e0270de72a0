using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Engine;

namespace Flows.Hub.Runs;

/// <summary>What others see of it while it goes on.</summary>
public sealed partial class LiveRun
{
    /// <summary>Bookmarks that an event resumes.</summary>
    public IReadOnlyList<string> WaitingFor(string eventName, string? correlationId)
    {
        lock (_gate) return _state.WaitingFor(eventName, correlationId);
    }

    /// <summary>Evaluated inputs of the step that waits at a bookmark; null when there is none.</summary>
    public System.Text.Json.Nodes.JsonObject? InputsAt(string bookmarkId)
    {
        lock (_gate) return _state.InputsAt(bookmarkId);
    }

    public FlowActivity ActivityOf(int step) => _state.ActivityOf(step);

    public RunRecord ToRecord()
    {
        lock (_gate) return RunCompany.Completed(_state.ToRecord(), Row, _news.Progress);
    }

    public StepRecord StepRecord(int step)
    {
        lock (_gate) return _state.Step(step);
    }

    public void Progress(int step, double share, string? text)
    {
        StepRecord? record;
        lock (_gate) record = _news.Advance(step, share, text);
        if (record is not null) Feed.Publish([("step", record)]);
    }

    public RunSummary Summary()
    {
        lock (_gate) return Row.ToSummary() with { Status = _state.Status, SubStatus = _state.SubStatus };
    }

    /// <summary>Steps that wait for something of a name.</summary>
    public IReadOnlyList<WaitingStep> Waiting()
    {
        lock (_gate) return _state.Waiting();
    }
}
