using Flows.Contract.Definitions;
using Flows.Contract.Flows;
using Flows.Hub.Access;
using Flows.Hub.Flows;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Flows.Hub.Library;

/// <summary>Flows on offer: look, install.</summary>
public static class LibrarySlice
{
    public static IServiceCollection AddLibrary(this IServiceCollection services, HubOptions options) =>
        services.AddSingleton(new FlowLibrary(options.Library));

    public static IEndpointRouteBuilder MapLibrary(this IEndpointRouteBuilder routes)
    {
        var library = routes.MapGroup("/api/library").WithTags("library");
        library.MapGet("", (FlowLibrary shelf) => TypedResults.Ok(shelf.Items)).ForSignedIn();
        library.MapGet("/{id}", PageAsync).ForSignedIn();
        library.MapGet("/{id}/picture", (string id, FlowLibrary shelf) =>
            TypedResults.PhysicalFile(shelf.PathOf(shelf.Find(id), shelf.Find(id).Picture), "image/svg+xml")).ForSignedIn();
        library.MapPost("/{id}/install", InstallAsync).Needs(Role.Operator, Thing.Chosen);
        return routes;
    }

    private static async Task<Ok<LibraryPage>> PageAsync(string id, FlowLibrary shelf, CancellationToken cancellation)
    {
        var entry = shelf.Find(id);
        return TypedResults.Ok(new LibraryPage(entry.ToItem(), await File.ReadAllTextAsync(shelf.PathOf(entry, entry.Readme), cancellation)));
    }

    /// <summary>Copies flow and files into the project and publishes it. Installed again it becomes the next version.</summary>
    private static async Task<Ok<IReadOnlyList<FlowSaved>>> InstallAsync(string id, FlowLibrary shelf, FlowImport import, FlowStore store, FlowFiles files, CancellationToken cancellation)
    {
        var entry = shelf.Find(id);
        var flows = FlowFile.Read(await File.ReadAllTextAsync(shelf.PathOf(entry, entry.Flow), cancellation));
        await store.DemandFreeAsync([.. flows.Select(flow => flow.DefinitionId)], cancellation);
        foreach (var file in shelf.FilesOf(entry))
        {
            await using var content = File.OpenRead(shelf.PathOf(entry, file));
            await files.WriteAsync(flows[0].DefinitionId, FlowPath.Of(file), content, cancellation);
        }
        return TypedResults.Ok(await import.SaveAsync(flows, publish: true, cancellation));
    }
}

public sealed record LibraryPage(LibraryItem Item, string Readme);
