using Flows.Contract.Artifacts;

namespace Flows.Hub.Artifacts;

/// <summary>Artifacts over HTTP: read (whole, in ranges, a file of a folder), store, preview.</summary>
public static class ArtifactsSlice
{
    /// <param name="data">The hub's data folder.</param>
    public static IServiceCollection AddArtifacts(this IServiceCollection services, string data) => services
        .AddSingleton(new ArtifactStore(Path.Combine(data, "artifacts")))
        .AddSingleton<IArtifacts>(provider => provider.GetRequiredService<ArtifactStore>())
        .AddSingleton(provider => new ArtifactPreviews(provider.GetRequiredService<ArtifactStore>(), Path.Combine(data, "work", "previews")));

    public static IEndpointRouteBuilder MapArtifacts(this IEndpointRouteBuilder routes)
    {
        var artifacts = routes.MapGroup("/api/artifacts").WithTags("artifacts").AddEndpointFilter(ArtifactErrors.AsProblem);
        artifacts.MapMethods("/{sha256}", [HttpMethods.Get, HttpMethods.Head], ArtifactEndpoints.ReadAsync);
        artifacts.MapMethods("/{sha256}/{**path}", [HttpMethods.Get, HttpMethods.Head], ArtifactEndpoints.ReadInFolderAsync);
        artifacts.MapPut("/{sha256}", ArtifactEndpoints.PutAsync);
        artifacts.MapPost("", ArtifactEndpoints.UploadAsync);
        routes.MapGet("/api/previews/{sha256}", ArtifactEndpoints.PreviewAsync).WithTags("artifacts").AddEndpointFilter(ArtifactErrors.AsProblem);
        return routes;
    }
}
