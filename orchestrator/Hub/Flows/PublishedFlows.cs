using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Flows;

/// <summary>Flows as runs see them: what is published, and flows that are activities of other flows.</summary>
public sealed class PublishedFlows(FlowStore store, IDbContextFactory<FlowsDb> databases) : IFlowLookup
{
    public async Task<FlowDefinition?> RunnableAsync(string definitionId, bool draft, CancellationToken cancellation)
    {
        var row = draft ? await store.FindAsync(definitionId, null, cancellation) : await store.PublishedAsync(definitionId, cancellation);
        return row is null ? null : FlowStore.Definition(row);
    }

    public FlowDefinition? Child(string name, int? version)
    {
        using var db = databases.CreateDbContext();
        var flow = db.Set<FlowRow>().AsNoTracking().FirstOrDefault(row => row.DefinitionId == name)
            ?? db.Set<FlowRow>().AsNoTracking().OrderByDescending(row => row.UpdatedAt).FirstOrDefault(row => row.ActivityType == name && row.PublishedVersion != null);
        if (flow is null)
        {
            var named = db.Set<FlowVersionRow>().AsNoTracking().Where(row => row.VersionId == name && row.IsPublished).OrderByDescending(row => row.Version).FirstOrDefault();
            return named is null ? null : FlowStore.Definition(named);
        }
        var published = db.Set<FlowVersionRow>().AsNoTracking().Where(row => row.DefinitionId == flow.DefinitionId && row.IsPublished);
        var found = published.FirstOrDefault(row => row.Version == version) ?? published.OrderByDescending(row => row.Version).FirstOrDefault();
        return found is null ? null : FlowStore.Definition(found);
    }

    public IReadOnlyList<ActivityDescriptor> Descriptors()
    {
        using var db = databases.CreateDbContext();
        var ids = db.Set<FlowRow>().AsNoTracking().Where(row => row.PublishedVersion != null).Select(row => row.DefinitionId).ToList();
        return [.. ids.Select(id => Child(id, null)).OfType<FlowDefinition>().Where(IsActivity).Select(Describe)];
    }

    private static bool IsActivity(FlowDefinition flow) => flow.Options.Flag("usableAsActivity");

    private static ActivityDescriptor Describe(FlowDefinition flow) => new()
    {
        Type = Engine.FlowGraph.ActivityTypeOf(flow),
        Version = flow.Version,
        WorkflowDefinitionId = flow.DefinitionId,
        WorkflowDefinitionVersionId = flow.Id,
        DisplayName = flow.Name,
        Category = flow.Options.Text("activityCategory") is { Length: > 0 } category ? category : "Flows",
        Description = flow.Description,
        Inputs = [.. flow.Inputs.Select(input => new InputDescriptor(Camel(input.Name), input.DisplayName, input.Type) { Description = input.Description })],
        Outputs = [.. flow.Outputs.Select(output => new OutputDescriptor(Camel(output.Name), output.DisplayName, output.Type) { Description = output.Description })],
        Outcomes = flow.Outcomes is { Count: > 0 } outcomes ? outcomes : ["Done"],
    };

    private static string Camel(string name) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(name);
}
