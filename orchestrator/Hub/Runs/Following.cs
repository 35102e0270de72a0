using System.Collections.Concurrent;
using Flows.Contract.Activities;
using Flows.Contract.Runs;
using Flows.Engine;
using Flows.Hub.Flows;
using Flows.Hub.Orchestrators;
using Flows.Hub.Storage;

namespace Flows.Hub.Runs;

/// <summary>
/// Follows runs that live at other orchestrators, for as long as somebody watches or asks for them here. Looks into the journal
/// instead of being told: a run that nobody watches costs nothing, and an owner that dies changes nothing.
/// </summary>
public sealed class Following(IServiceProvider services, RunStore store, IJournal journal, Register register, ILogger<Following> log) : BackgroundService
{
    /// <summary>A run that is asked for so often is followed without a break.</summary>
    public static readonly TimeSpan BetweenAsks = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);

    // Rounds between two looks at the run's row, and at the journal of a run that is quiet.
    private const int Rare = 5;
    private const int QuietAfter = 50;

    // Rounds for which a run is kept that nobody watches: whoever asks again goes on from there.
    private const int Kept = 50;

    private readonly ConcurrentDictionary<string, Lazy<Task<Followed>>> _runs = [];
    private int _round;

    private RunHost Host => services.GetRequiredService<RunHost>();

    /// <summary>The run as its journal has it now; null when it lives here, is over, or cannot go on.</summary>
    public async Task<FollowedRun?> FindAsync(RunRow row)
    {
        if (!register.IsShared || row.Status == RunStatus.Finished || row.SubStatus == RunSubStatus.Interrupted || Host.Find(row.Id) is not null) return null;
        var entry = _runs.GetOrAdd(row.Id, _ => new Lazy<Task<Followed>>(() => Task.Run(() => OpenAsync(row))));
        try
        {
            var followed = await entry.Value;
            followed.Used = _round;
            followed.Run.Follow(journal);
            return followed.Run;
        }
        catch
        {
            _runs.TryRemove(KeyValuePair.Create(row.Id, entry));
            throw;
        }
    }

    /// <summary>Shows how far a step is, if its run is followed here.</summary>
    public void Progress(string runId, int step, double share, string? text)
    {
        if (_runs.TryGetValue(runId, out var entry) && entry is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }) entry.Value.Result.Run.Progress(step, share, text);
    }

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        if (!register.IsShared) return;
        using var tick = new PeriodicTimer(Pace);
        try
        {
            while (await tick.WaitForNextTickAsync(stopping))
            {
                _round++;
                foreach (var (id, entry) in _runs.Where(entry => entry.Value is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })) await LookAsync(id, entry);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested) { }
    }

    private async Task<Followed> OpenAsync(RunRow row)
    {
        var flows = services.GetRequiredService<IFlowLookup>();
        var graph = FlowGraph.Compile(await store.DefinitionAsync(row.DefinitionDigest), (await RunChildren.OfAsync(row, store, flows)).Find, services.GetRequiredService<ActivityCatalog>());
        return new Followed(new FollowedRun(row, graph)) { Moved = _round, Used = _round };
    }

    private async Task LookAsync(string id, Lazy<Task<Followed>> entry)
    {
        var followed = entry.Value.Result;
        try
        {
            if (followed.Run.Feed.IsWatched) followed.Used = _round;
            if (_round - followed.Used <= Kept && await GoesOnAsync(id, followed)) return;
        }
        catch (Exception broken) when (PassingFault.Is(broken)) { return; }
        catch (Exception broken) { log.LogError(broken, "Run {Run} cannot be followed", id); }
        _runs.TryRemove(KeyValuePair.Create(id, entry));
        followed.Run.Feed.Close();
    }

    // Watchers of a run that came here, ended or was interrupted look anew.
    private async Task<bool> GoesOnAsync(string id, Followed followed)
    {
        if (Host.Find(id) is not null) return false;
        var isRare = _round % Rare == 0;
        if ((isRare || _round - followed.Moved < QuietAfter) && followed.Run.Follow(journal)) followed.Moved = _round;
        if (!isRare && !followed.Run.IsOver) return true;
        if (await store.FindAsync(id) is { Status: RunStatus.Running, SubStatus: not RunSubStatus.Interrupted }) return true;
        followed.Run.Feed.End(followed.Run.Summary());
        return false;
    }

    private sealed record Followed(FollowedRun Run)
    {
        public int Moved { get; set; }

        public int Used { get; set; }
    }
}
