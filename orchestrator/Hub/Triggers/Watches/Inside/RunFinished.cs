using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Triggers.Watches.Inside;

/// <summary>Runs of other flows that come to their end.</summary>
internal sealed class RunFinished(RunStore runs, IDbContextFactory<FlowsDb> databases, TimeProvider time) : IWatchKind
{
    private static readonly string[] Outcomes = ["finished", "faulted", "cancelled", "any"];

    public string ActivityType => "Flows.RunFinished";

    public IReadOnlyList<PolicyProblem> ProblemsOf(JsonObject inputs) => inputs.Text("outcome") is { Length: > 0 } outcome && !Outcomes.Contains(outcome)
        ? [new PolicyProblem("outcome", $"must be one of {string.Join(", ", Outcomes)}, not '{outcome}'", "Choose one of them.")]
        : [];

    public IWatch Open(WatchedTrigger trigger) => new FinishedRunsWatch(trigger, runs, databases, time);
}

internal sealed class FinishedRunsWatch : IWatch
{
    // Other orchestrators' runs are told by nobody.
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);

    // The end of a run is stamped before it is written down: so far back it may still appear.
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);

    private readonly WatchedTrigger _trigger;
    private readonly RunStore _runs;
    private readonly IDbContextFactory<FlowsDb> _databases;
    private readonly WakeUp _wake;

    public FinishedRunsWatch(WatchedTrigger trigger, RunStore runs, IDbContextFactory<FlowsDb> databases, TimeProvider time)
    {
        (_trigger, _runs, _databases, _wake) = (trigger, runs, databases, new WakeUp(time));
        _runs.Ended += OnEnded;
    }

    public async Task<Look> LookAsync(Seen seen, CancellationToken cancellation)
    {
        var at = seen.Cursor?.Text("at") is { } text ? DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : _trigger.Since;
        await using var db = await _databases.CreateDbContextAsync(cancellation);
        var next = await Ended(db, at < _trigger.Since + Overlap ? _trigger.Since : at - Overlap).FirstOrDefaultAsync(cancellation);
        if (next is null) return new Look(new JsonObject { ["at"] = at.ToString("O") });
        var depth = await db.Set<TriggerFireRow>().Where(fire => fire.RunId == next.Id).Select(fire => (int?)fire.Depth).FirstOrDefaultAsync(cancellation) ?? 0;
        var reached = next.FinishedAt > at ? next.FinishedAt.Value : at;
        return new Look(new JsonObject { ["at"] = reached.ToString("O") }, new Fire(next.Id, next.FinishedAt!.Value, PayloadOf(next)) { Depth = depth + 1 }, IsMore: true);
    }

    public Task WaitAsync(CancellationToken cancellation) => _wake.WaitAsync(Poll, cancellation);

    public ValueTask DisposeAsync()
    {
        _runs.Ended -= OnEnded;
        return ValueTask.CompletedTask;
    }

    // Without a flow's name any but its own, and none that another run started as a part of itself.
    private IQueryable<RunRow> Ended(FlowsDb db, DateTimeOffset from)
    {
        var (flow, own, activity) = (_trigger.Inputs.Text("flow"), _trigger.Key.DefinitionId, _trigger.Key.ActivityId);
        var ended = db.Set<RunRow>().AsNoTracking().Where(run => run.Status == RunStatus.Finished && run.FinishedAt >= from && run.ProjectId == _trigger.ProjectId && run.Trigger != Reproductions.ReproductionDesk.Trigger);
        ended = string.IsNullOrEmpty(flow) ? ended.Where(run => run.DefinitionId != own && run.ParentRunId == null) : ended.Where(run => run.DefinitionId == flow);
        if (OutcomeOf(_trigger.Inputs.Text("outcome")) is { } outcome) ended = ended.Where(run => run.SubStatus == outcome);
        return ended.Where(run => !db.Set<TriggerFireRow>().Any(fire => fire.DefinitionId == own && fire.ActivityId == activity && fire.Key == run.Id)).OrderBy(run => run.FinishedAt).ThenBy(run => run.Id);
    }

    private static RunSubStatus? OutcomeOf(string? outcome) => outcome switch
    {
        "any" => null,
        "faulted" => RunSubStatus.Faulted,
        "cancelled" => RunSubStatus.Cancelled,
        _ => RunSubStatus.Finished,
    };

    private static JsonObject PayloadOf(RunRow run)
    {
        var record = run.Record is { } text ? JsonSerializer.Deserialize<RunRecord>(text, ContractJson.Options) : null;
        return new JsonObject
        {
            ["runId"] = run.Id,
            ["finishedFlow"] = run.DefinitionId,
            ["ending"] = run.SubStatus.ToString().ToLowerInvariant(),
            ["finishedAt"] = run.FinishedAt!.Value.ToString("O"),
            ["output"] = record?.Output.DeepClone(),
            ["message"] = record?.Incidents.FirstOrDefault(incident => !incident.Handled)?.Message,
        };
    }

    private void OnEnded(string run) => _wake.Tell();
}
