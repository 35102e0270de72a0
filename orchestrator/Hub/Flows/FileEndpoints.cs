using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Flows.Hub.Flows;

internal static class FileEndpoints
{
    public static async Task<Ok<IReadOnlyList<FlowFileEntry>>> ListAsync(string definitionId, FlowFiles files, CancellationToken cancellation) =>
        TypedResults.Ok(await files.ListAsync(definitionId, cancellation));

    public static async Task<Results<PhysicalFileHttpResult, ProblemHttpResult>> ReadAsync(string definitionId, string path, FlowFiles files, CancellationToken cancellation)
    {
        var at = FlowPath.Of(path);
        return await files.FindAsync(definitionId, at, cancellation) is { } found
            ? TypedResults.PhysicalFile(found, "application/octet-stream", at.Name, enableRangeProcessing: true)
            : NoFile(at);
    }

    public static async Task<NoContent> WriteAsync(string definitionId, string path, FlowFiles files, HttpRequest request, CancellationToken cancellation)
    {
        await files.WriteAsync(definitionId, FlowPath.Of(path), request.Body, cancellation);
        return TypedResults.NoContent();
    }

    public static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(string definitionId, string path, FlowFiles files, CancellationToken cancellation)
    {
        var at = FlowPath.Of(path);
        return await files.DeleteAsync(definitionId, at, cancellation) ? TypedResults.NoContent() : NoFile(at);
    }

    private static ProblemHttpResult NoFile(FlowPath path) => Problems.NotFound($"There is no file '{path}'.");
}
