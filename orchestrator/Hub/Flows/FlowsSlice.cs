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
        .AddSingleton<Func<Runners.StepIdentity, Contract.Artifacts.IFlowFiles>>(provider =>
            step => new StepFiles(provider.GetRequiredService<FlowFiles>(), provider.GetRequiredService<Storage.DataFolder>(), step.DefinitionId));

    public static IEndpointRouteBuilder MapFlows(this IEndpointRouteBuilder routes)
    {
        var flows = routes.MapGroup("/api/flows").WithTags("flows");
        flows.MapGet("", FlowEndpoints.ListAsync);
        flows.MapPost("", FlowEndpoints.CreateAsync);
        flows.MapPost("/import", FlowEndpoints.ImportAsync);
        flows.MapPost("/check", FlowEndpoints.CheckAsync);
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
