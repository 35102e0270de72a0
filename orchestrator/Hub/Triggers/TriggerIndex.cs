using Flows.Contract;
using Flows.Contract.Checks;
using Flows.Contract.Definitions;
using Flows.Engine;
using Flows.Engine.Activities;
using Flows.Hub.Flows;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Triggers;

/// <summary>Which published flow starts by what. Written in the transaction that publishes, so that every orchestrator sees the same.</summary>
public sealed class TriggerIndex(StepExecutor executor, IDbContextFactory<FlowsDb> databases, TriggerStates states)
{
    public async Task<IReadOnlyList<TriggerRow>> FindAsync(string activityType, string? key, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Set<TriggerRow>().AsNoTracking().Where(row => row.ActivityType == activityType && (key == null || row.Key == key))
            .OrderBy(row => row.DefinitionId).ThenBy(row => row.ActivityId).ToListAsync(cancellation);
    }

    /// <summary>What is published of one trigger; null when it is not.</summary>
    public async Task<TriggerRow?> FindAsync(TriggerKey trigger, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Set<TriggerRow>().AsNoTracking().FirstOrDefaultAsync(row => row.DefinitionId == trigger.DefinitionId && row.ActivityId == trigger.ActivityId, cancellation);
    }

    /// <summary>Paths that another flow serves already, and triggers that cannot be read.</summary>
    public IReadOnlyList<FlowProblem> ProblemsOf(FlowDefinition flow)
    {
        if (FlowTrigger.Of(flow, executor) is not { Count: > 0 } triggers) return [];
        using var db = databases.CreateDbContext();
        return ProblemsOf(flow, triggers, db);
    }

    /// <summary>Makes the triggers of a flow those of a version; null takes them away.</summary>
    /// <exception cref="Web.RequestFault">422: another flow serves one of its paths.</exception>
    internal void Replace(FlowsDb db, FlowRow head, FlowDefinition? published)
    {
        FireIntake.Hold(db, head.DefinitionId);
        db.Set<TriggerRow>().Where(row => row.DefinitionId == head.DefinitionId).ExecuteDelete();
        head.TriggersOf = published is null ? null : head.PublishedVersion;
        IReadOnlyList<FlowTrigger> triggers = published is null ? [] : FlowTrigger.Of(published, executor);
        if (published is not null && ProblemsOf(published, triggers, db) is { Count: > 0 } problems)
            throw new Web.RequestFault(problems[0].Message, StatusCodes.Status422UnprocessableEntity) { Problems = problems };
        db.AddRange(triggers.SelectMany(trigger => Rows(trigger, head)));
        states.Replace(db, head, triggers);
    }

    /// <summary>Nothing is left of a flow that is deleted.</summary>
    internal static void Remove(FlowsDb db, string definitionId)
    {
        db.Set<TriggerRow>().Where(row => row.DefinitionId == definitionId).ExecuteDelete();
        TriggerStates.Remove(db, definitionId);
    }

    /// <inheritdoc cref="TriggerStates.Tell"/>
    internal void Tell() => states.Tell();

    private static IEnumerable<TriggerRow> Rows(FlowTrigger trigger, FlowRow head) => Stimulus.KeysOf(trigger.ActivityType, trigger.Inputs).Select(key => new TriggerRow
    {
        DefinitionId = head.DefinitionId,
        Version = head.PublishedVersion!.Value,
        ActivityId = trigger.ActivityId,
        ActivityType = trigger.ActivityType,
        Key = key,
        Inputs = trigger.Inputs.ToJsonString(ContractJson.Options),
        ProjectId = head.ProjectId,
        Author = TriggerStates.PublisherOf(head),
    });

    private List<FlowProblem> ProblemsOf(FlowDefinition flow, IReadOnlyList<FlowTrigger> triggers, FlowsDb db)
    {
        var problems = triggers.Where(trigger => trigger.Fault is not null)
            .Select(trigger => new FlowProblem(ProblemLevel.Error, "broken-trigger", trigger.ActivityId, null, $"What starts the flow cannot be known before it runs: {trigger.Fault}", "Use literals, or expressions over the flow's variables as they begin.")).ToList();
        problems.AddRange(triggers.Where(trigger => trigger.Fault is null).SelectMany(states.ProblemsOf));
        foreach (var trigger in triggers.Where(trigger => trigger.ActivityType == Stimulus.HttpEndpoint && trigger.Fault is null))
        {
            var keys = Stimulus.KeysOf(trigger.ActivityType, trigger.Inputs);
            // Paths are the whole server's.
            var taken = db.Set<TriggerRow>().IgnoreQueryFilters().AsNoTracking().Where(row => row.ActivityType == Stimulus.HttpEndpoint && row.DefinitionId != flow.DefinitionId && keys.Contains(row.Key)).Select(row => row.Key).ToHashSet();
            foreach (var method in Stimulus.MethodsOf(trigger.Inputs).Where(method => taken.Contains($"{method} {Stimulus.PathOf(trigger.Inputs)}")))
                // The sentence is Elsa's own: programs that publish through it look for it.
                problems.Add(new FlowProblem(ProblemLevel.Error, "path-taken", trigger.ActivityId, "path", $"The {Stimulus.PathOf(trigger.Inputs)} path and {method} method are already in use by another workflow!", "Choose another path or method, or unpublish the other flow."));
        }
        return problems;
    }
}
