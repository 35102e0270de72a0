using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Flows.Hub.Flows;

internal static class FileEndpoints
{
    public static Ok<IReadOnlyList<FlowFileEntry>> List(string definitionId, FlowFiles files) => TypedResults.Ok(files.List(definitionId));

    public static Results<PhysicalFileHttpResult, ProblemHttpResult> Read(string definitionId, string path, FlowFiles files)
    {
        var full = files.PathOf(definitionId, path);
        return File.Exists(full)
            ? TypedResults.PhysicalFile(full, "application/octet-stream", Path.GetFileName(full), enableRangeProcessing: true)
            : Problems.NotFound($"There is no file '{path}'.");
    }

    public static async Task<NoContent> WriteAsync(string definitionId, string path, FlowFiles files, HttpRequest request, CancellationToken cancellation)
    {
        await files.WriteAsync(definitionId, path, request.Body, cancellation);
        return TypedResults.NoContent();
    }

    public static Results<NoContent, ProblemHttpResult> Delete(string definitionId, string path, FlowFiles files)
    {
        var full = files.PathOf(definitionId, path);
        if (!File.Exists(full)) return Problems.NotFound($"There is no file '{path}'.");
        File.Delete(full);
        return TypedResults.NoContent();
    }
}
