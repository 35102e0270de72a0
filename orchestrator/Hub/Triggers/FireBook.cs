using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Hub.Flows;
using Flows.Hub.Runs;
using Flows.Hub.Starts;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Triggers;

/// <summary>
/// The one place where triggers fire. A fire is written down, in the same transaction as what its trigger has seen, before
/// its run starts; the run's id is made of the fire, so that a crash, a retry or a second orchestrator neither loses nor doubles it.
/// </summary>
public sealed class FireBook(RunStore store, IFlowLookup flows, Gathering gathering, StartOnce starts, TimeProvider time)
{
    /// <summary>Ends when the fire's run has started, or waits for its turn.</summary>
    public async Task<Fired> FireAsync(TriggerKey trigger, Fire fire, Advance? advance, CancellationToken cancellation) =>
        (await FireAsync(trigger, [fire], advance, cancellation))[0];

    /// <param name="advance">Where the trigger goes on from; null for one that watches nothing.</param>
    public async Task<IReadOnlyList<Fired>> FireAsync(TriggerKey trigger, IReadOnlyList<Fire> fires, Advance? advance, CancellationToken cancellation)
    {
        if (await IntakeAsync(trigger, cancellation) is not { } intake) return [.. fires.Select(_ => new Fired.Void($"No published flow has the trigger {trigger}."))];
        IReadOnlyList<Fired> fired = [];
        await store.WriteAsync(db => fired = intake.Take(db, fires, advance));
        var refused = new Dictionary<string, string>();
        foreach (var row in intake.Starting)
        {
            if (await StartAsync(row, cancellation) is { } why) refused[row.RunId] = why;
        }
        return refused.Count == 0 ? fired : [.. fired.Select(one => one is Fired.Taken taken && refused.TryGetValue(taken.RunId, out var why) ? new Fired.Refused(why) : one)];
    }

    /// <summary>Lets fires that wait begin, as far as there is room.</summary>
    internal async Task AdmitAsync(TriggerKey trigger, CancellationToken cancellation)
    {
        if (await IntakeAsync(trigger, cancellation) is not { } intake)
        {
            await store.WriteAsync(db => Of(db, trigger).Where(row => row.State == FireState.Waiting || row.State == FireState.Starting).ExecuteUpdate(set => set
                .SetProperty(row => row.State, FireState.Refused).SetProperty(row => row.Error, "The flow was unpublished, or lost this trigger, before its turn came.")));
            return;
        }
        IReadOnlyList<TriggerFireRow> admitted = [];
        await store.WriteAsync(db => admitted = intake.Admit(db));
        foreach (var row in admitted) await StartAsync(row, cancellation);
    }

    /// <summary>Starts a fire's run, whoever else does so at the same time.</summary>
    /// <returns>Why it cannot be started; null when it is.</returns>
    internal async Task<string?> StartAsync(TriggerFireRow row, CancellationToken cancellation)
    {
        var request = JsonSerializer.Deserialize<RunRequest>(row.Request, ContractJson.Options)!;
        var origin = new RunOrigin(row.ProjectId, row.Author, row.Kind) { RunId = row.RunId, IsDerived = true };
        var why = await starts.StartAsync(row.DefinitionId, request, origin, cancellation);
        var trigger = new TriggerKey(row.DefinitionId, row.ActivityId);
        await store.WriteAsync(db => Of(db, trigger).Where(fire => fire.Key == row.Key && fire.State == FireState.Starting).ExecuteUpdate(set => set
            .SetProperty(fire => fire.State, why == null ? FireState.Started : FireState.Refused)
            .SetProperty(fire => fire.Error, why)
            .SetProperty(fire => fire.Request, "")));
        if (why is not null) await FailAsync(trigger, why);
        return why;
    }

    /// <summary>Shows why a trigger cannot fire or look.</summary>
    public Task FailAsync(TriggerKey trigger, string why)
    {
        var now = time.GetUtcNow();
        return store.WriteAsync(db => StateOf(db, trigger).Where(row => row.Error != why).ExecuteUpdate(set => set.SetProperty(row => row.Error, why).SetProperty(row => row.ErrorAt, now)));
    }

    /// <summary>It could again.</summary>
    public Task MendAsync(TriggerKey trigger) => store.WriteAsync(db =>
        StateOf(db, trigger).Where(row => row.Error != null).ExecuteUpdate(set => set.SetProperty(row => row.Error, (string?)null).SetProperty(row => row.ErrorAt, (DateTimeOffset?)null)));

    private async Task<FireIntake?> IntakeAsync(TriggerKey trigger, CancellationToken cancellation) =>
        await flows.RunnableAsync(trigger.DefinitionId, draft: false, cancellation) is { } flow && flow.Find(trigger.ActivityId) is { IsDisabled: false } activity
            ? new FireIntake(flow, activity, gathering, time.GetUtcNow())
            : null;

    private static IQueryable<TriggerFireRow> Of(FlowsDb db, TriggerKey trigger) =>
        db.Set<TriggerFireRow>().Where(row => row.DefinitionId == trigger.DefinitionId && row.ActivityId == trigger.ActivityId);

    private static IQueryable<TriggerStateRow> StateOf(FlowsDb db, TriggerKey trigger) =>
        db.Set<TriggerStateRow>().Where(row => row.DefinitionId == trigger.DefinitionId && row.ActivityId == trigger.ActivityId);
}
