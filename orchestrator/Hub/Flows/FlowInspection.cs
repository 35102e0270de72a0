using System.Collections.Concurrent;
using Flows.Contract.Activities;
using Flows.Contract.Checks;
using Flows.Contract.Definitions;
using Flows.Hub.Secrets;
using Flows.Hub.Storage;
using Flows.Hub.Triggers;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Flows;

/// <summary>Checks flows against what this server has: its activities, and the published flows that others use as activities.</summary>
public sealed class FlowInspection(ActivityCatalog catalog, TriggerIndex triggers, SecretProblems secrets, IDbContextFactory<FlowsDb> databases)
{
    // Flows are started far more often than they change.
    private const int MostKnown = 200;

    private readonly ConcurrentDictionary<string, IReadOnlyList<FlowProblem>> _known = [];

    /// <summary>The same for one whose JSON has this digest: what depends on nothing but that is looked at once.</summary>
    public IReadOnlyList<FlowProblem> Of(FlowDefinition flow, string digest)
    {
        if (_known.TryGetValue(digest, out var known)) return WithOurs(flow, known);
        if (Used(flow).Count > 0) return Of(flow);
        if (_known.Count >= MostKnown) _known.Clear();
        return WithOurs(flow, _known[digest] = FlowChecks.Of(flow, catalog, []));
    }

    /// <param name="alongside">Flows that come in together with this one: they count as published.</param>
    public IReadOnlyList<FlowProblem> Of(FlowDefinition flow, IReadOnlyList<FlowDefinition>? alongside = null)
    {
        var names = Used(flow);
        // A flow may use itself.
        var problems = FlowChecks.Of(flow, catalog, names.Count == 0 ? [] : [.. Published(names), .. (alongside ?? [flow]).Where(other => other.DefinitionId.Length > 0)]);
        return WithOurs(flow, problems);
    }

    // What depends on more than flows: secrets that are there, paths that are taken.
    private IReadOnlyList<FlowProblem> WithOurs(FlowDefinition flow, IReadOnlyList<FlowProblem> problems) =>
        secrets.Of(flow) is { Count: > 0 } unknown ? [.. problems, .. unknown] : WithTriggers(flow, problems);

    private IReadOnlyList<FlowProblem> WithTriggers(FlowDefinition flow, IReadOnlyList<FlowProblem> problems) =>
        problems.Any(problem => problem.Level == ProblemLevel.Error) ? problems : [.. problems, .. triggers.ProblemsOf(flow)];

    // Definition ids and activity types that are no activity of ours.
    private HashSet<string> Used(FlowDefinition flow) => [.. flow.Activities()
        .Where(activity => catalog.Find(activity.Type) is null)
        .SelectMany(activity => new[] { activity.WorkflowDefinitionId, activity.Type })
        .OfType<string>().Where(name => name.Length > 0)];

    // One question whatever the number of names: a file may hold thousands of unknown activities.
    private List<FlowDefinition> Published(HashSet<string> names)
    {
        using var db = databases.CreateDbContext();
        var heads = db.Set<FlowRow>().AsNoTracking().Where(row => row.PublishedVersion != null)
            .Select(row => new { row.DefinitionId, row.ActivityType, row.PublishedVersion }).ToList();
        return [.. heads.Where(head => names.Contains(head.DefinitionId) || names.Contains(head.ActivityType))
            .Select(head => db.Set<FlowVersionRow>().AsNoTracking().FirstOrDefault(row => row.DefinitionId == head.DefinitionId && row.Version == head.PublishedVersion))
            .OfType<FlowVersionRow>().Select(row => FlowStore.Definition(row))];
    }
}
