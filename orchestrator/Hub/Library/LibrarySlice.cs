using Flows.Hub.Access;

namespace Flows.Hub.Library;

/// <summary>Flows on offer: look, install, update, share.</summary>
public static class LibrarySlice
{
    public static IServiceCollection AddLibrary(this IServiceCollection services, HubOptions options) => services
        .AddSingleton(new ShippedFlows(options.Library))
        .AddSingleton<SharedFlows>()
        .AddSingleton<FlowLibrary>()
        .AddSingleton<SharedContent>()
        .AddSingleton<Sharing>()
        .AddSingleton<InstallPlace>()
        .AddSingleton<LibraryUpdate>()
        .AddSingleton<InstallWriter>()
        .AddSingleton<Installation>();

    public static IEndpointRouteBuilder MapLibrary(this IEndpointRouteBuilder routes)
    {
        var library = routes.MapGroup("/api/library").WithTags("library");
        library.MapGet("", LibraryEndpoints.ListAsync).ForSignedIn().WithSummary("Flows on offer, with every one of the words and the tag.");
        library.MapPost("", LibraryEndpoints.ShareAsync).Needs(Role.Operator, Thing.Chosen).WithSummary("Shares a flow of the project with everybody on the server, as the next version.");
        library.MapGet("/{id}", LibraryEndpoints.FindAsync).ForSignedIn().WithSummary("A flow on offer with its description and versions.");
        library.MapGet("/{id}/flow", LibraryEndpoints.FlowAsync).ForSignedIn().WithSummary("Its definition, in any version.");
        library.MapGet("/{id}/picture", (string id, ShippedFlows shelf) => TypedResults.PhysicalFile(shelf.PictureOf(id), "image/svg+xml")).ForSignedIn();
        library.MapPost("/{id}/install", LibraryEndpoints.InstallAsync).Needs(Role.Operator, Thing.Chosen).WithSummary("Installs a version into the project and publishes it, or says what is in the way.");
        library.MapDelete("/{id}", LibraryEndpoints.WithdrawAsync).Needs(Role.Operator, Thing.Of<LibraryFlowRow>("id", "shared flow")).WithSummary("Takes a shared flow back with all its versions; what is installed stays.");
        return routes;
    }
}
