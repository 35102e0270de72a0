using Flows.Contract.Artifacts;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Flows.Hub.Artifacts;

internal static class ArtifactEndpoints
{
    /// <param name="name">File name for saving; its extension says the media type.</param>
    public static async Task<IResult> ReadAsync(string sha256, string? name, ArtifactStore store, HttpResponse response, CancellationToken cancellation) =>
        Bytes(await store.VerifiedPathAsync(sha256, cancellation), sha256, name ?? sha256, response);

    public static async Task<IResult> ReadInFolderAsync(string sha256, string path, ArtifactStore store, HttpResponse response, CancellationToken cancellation)
    {
        var manifest = await ArtifactFolder.ReadAsync(await store.VerifiedPathAsync(sha256, cancellation), cancellation)
            ?? throw new ArtifactException(ArtifactProblem.BadPath, $"Artifact {sha256} is a file, not a folder: it has no '{path}'.");
        var entry = manifest.Find(path)
            ?? throw new ArtifactException(ArtifactProblem.Missing, $"The folder {sha256} has no file '{path}'.");
        return Bytes(await store.VerifiedPathAsync(entry.Sha256, cancellation), entry.Sha256, Path.GetFileName(entry.Path), response);
    }

    public static async Task<IResult> PutAsync(string sha256, ArtifactStore store, HttpRequest request, CancellationToken cancellation)
    {
        _ = store.PathOf(sha256);
        var (_, size) = await store.PutAsync(Unlimited(request).Body, sha256, cancellation);
        return TypedResults.Ok(new { sha256, size });
    }

    public static async Task<Created<Artifact>> UploadAsync(string? name, string? kind, ArtifactStore store, HttpRequest request, CancellationToken cancellation)
    {
        var fileName = Path.GetFileName(name) is { Length: > 0 } given ? given : "upload";
        var (sha256, size) = await store.PutAsync(Unlimited(request).Body, cancellation: cancellation);
        return TypedResults.Created($"/api/artifacts/{sha256}", new Artifact(sha256, kind ?? "File", fileName, size) { MediaType = MediaTypes.Of(fileName) });
    }

    public static async Task<ArtifactPreview> PreviewAsync(string sha256, string? kind, string? name, ArtifactPreviews previews, CancellationToken cancellation) =>
        await previews.OfAsync(sha256, kind ?? "File", name ?? "", cancellation);

    private static PhysicalFileHttpResult Bytes(string path, string sha256, string name, HttpResponse response)
    {
        var mediaType = MediaTypes.Of(name);
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";
        response.Headers.CacheControl = "private, max-age=31536000, immutable";
        var disposition = new ContentDispositionHeaderValue(MediaTypes.IsShown(mediaType) ? "inline" : "attachment");
        disposition.SetHttpFileName(Path.GetFileName(name));
        response.Headers.ContentDisposition = disposition.ToString();
        return TypedResults.PhysicalFile(path, mediaType, entityTag: new EntityTagHeaderValue($"\"{sha256}\""), enableRangeProcessing: true);
    }

    // Artifacts are as large as data is: the server's limit for ordinary requests does not fit.
    private static HttpRequest Unlimited(HttpRequest request)
    {
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;
        return request;
    }
}
