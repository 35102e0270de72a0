using System.Text.Json.Nodes;
using Flows.Contract.Artifacts;
using Flows.Hub.Access;
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
        .AddSingleton<Func<string, StepFiles>>(provider => definitionId => new StepFiles(
            provider.GetRequiredService<FlowFiles>(), provider.GetRequiredService<ArtifactStore>(), provider.GetRequiredService<DataFolder>(), provider.GetRequiredService<FolderPolicy>(), definitionId))
        .AddSingleton<Func<string, IFlowFiles>>(provider => provider.GetRequiredService<Func<string, StepFiles>>())
        .AddSingleton<Func<StepIdentity, IFlowFiles>>(provider => step => provider.GetRequiredService<Func<string, IFlowFiles>>()(step.DefinitionId));

    public static IEndpointRouteBuilder MapFlows(this IEndpointRouteBuilder routes)
    {
        var (flow, files) = (Thing.Of<FlowRow>("definitionId", "flow"), new FilesOf("definitionId"));
        var flows = routes.MapGroup("/api/flows").WithTags("flows");
        flows.MapGet("", FlowEndpoints.ListAsync).ForSignedIn();
        flows.MapPost("", FlowEndpoints.CreateAsync).Needs(Role.Editor, Thing.Chosen);
        flows.MapPost("/import", FlowEndpoints.ImportAsync).Needs(Role.Editor, Thing.Chosen);
        flows.MapPost("/check", FlowEndpoints.CheckAsync).ForSignedIn().NotAudited("it only reads");
        flows.MapGet("/{definitionId}", FlowEndpoints.FindAsync).Needs(Role.Viewer, flow).Produces<JsonObject>();
        flows.MapPut("/{definitionId}", FlowEndpoints.SaveAsync).Needs(Role.Editor, flow);
        flows.MapDelete("/{definitionId}", FlowEndpoints.DeleteAsync).Needs(Role.Operator, flow);
        flows.MapPost("/{definitionId}/publish", FlowEndpoints.PublishAsync).Needs(Role.Operator, flow);
        flows.MapPost("/{definitionId}/unpublish", FlowEndpoints.UnpublishAsync).Needs(Role.Operator, flow);
        flows.MapGet("/{definitionId}/subgraph", FlowSubgraph.FindAsync).Needs(Role.Viewer, flow);
        flows.MapGet("/{definitionId}/export", FlowEndpoints.ExportAsync).Needs(Role.Viewer, flow);
        flows.MapGet("/{definitionId}/versions", FlowEndpoints.VersionsAsync).Needs(Role.Viewer, flow);
        flows.MapGet("/{definitionId}/files", FileEndpoints.ListAsync).Needs(Role.Viewer, files);
        flows.MapGet("/{definitionId}/files/{**path}", FileEndpoints.ReadAsync).Needs(Role.Viewer, files);
        flows.MapPut("/{definitionId}/files/{**path}", FileEndpoints.WriteAsync).Needs(Role.Editor, files);
        flows.MapDelete("/{definitionId}/files/{**path}", FileEndpoints.DeleteAsync).Needs(Role.Editor, files);
        return routes;
    }
}
