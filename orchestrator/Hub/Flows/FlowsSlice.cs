using Flows.Contract.Artifacts;
using Flows.Hub.Artifacts;
using Flows.Hub.Audit;
using Flows.Hub.Runners;
using Flows.Hub.Storage;

namespace Flows.Hub.Flows;

/// <summary>Flows: list, edit, publish, import, export, and the files that belong to them.</summary>
public static class FlowsSlice
{
    public static IServiceCollection AddFlows(this IServiceCollection services) => services
        .AddSingleton<FlowInspection>()
        .AddSingleton<FlowStore>()
        .AddSingleton<IFlowLookup, PublishedFlows>()
        .AddSingleton<FlowFiles>()
        .AddSingleton<FlowImport>()
        .AddSingleton<Func<string, IFlowFiles>>(provider => definitionId => new StepFiles(
            provider.GetRequiredService<FlowFiles>(), provider.GetRequiredService<ArtifactStore>(), provider.GetRequiredService<DataFolder>(), definitionId))
        .AddSingleton<Func<StepIdentity, IFlowFiles>>(provider => step => provider.GetRequiredService<Func<string, IFlowFiles>>()(step.DefinitionId));

    public static IEndpointRouteBuilder MapFlows(this IEndpointRouteBuilder routes)
    {
        var flows = routes.MapGroup("/api/flows").WithTags("flows");
        flows.MapGet("", FlowEndpoints.ListAsync);
        flows.MapPost("", FlowEndpoints.CreateAsync);
        flows.MapPost("/import", FlowEndpoints.ImportAsync);
        flows.MapPost("/check", FlowEndpoints.CheckAsync).NotAudited("it only reads");
        flows.MapGet("/{definitionId}", FlowEndpoints.FindAsync);
        flows.MapPut("/{definitionId}", FlowEndpoints.SaveAsync);
        flows.MapDelete("/{definitionId}", FlowEndpoints.DeleteAsync);
        flows.MapPost("/{definitionId}/publish", FlowEndpoints.PublishAsync);
        flows.MapPost("/{definitionId}/unpublish", FlowEndpoints.UnpublishAsync);
        flows.MapGet("/{definitionId}/subgraph", FlowSubgraph.FindAsync);
        flows.MapGet("/{definitionId}/export", FlowEndpoints.ExportAsync);
        flows.MapGet("/{definitionId}/versions", FlowEndpoints.VersionsAsync);
        flows.MapGet("/{definitionId}/files", FileEndpoints.ListAsync);
        flows.MapGet("/{definitionId}/files/{**path}", FileEndpoints.ReadAsync);
        flows.MapPut("/{definitionId}/files/{**path}", FileEndpoints.WriteAsync);
        flows.MapDelete("/{definitionId}/files/{**path}", FileEndpoints.DeleteAsync);
        return routes;
    }
}
