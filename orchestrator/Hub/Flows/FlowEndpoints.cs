using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract.Checks;
using Flows.Contract.Definitions;
using Flows.Contract.Flows;
using Flows.Hub.Access;
using Flows.Hub.Storage;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Flows.Hub.Flows;

internal static class FlowEndpoints
{
    public static async Task<Ok<IReadOnlyList<FlowSummary>>> ListAsync(FlowStore flows, CancellationToken cancellation) =>
        TypedResults.Ok(await flows.ListAsync(cancellation));

    public static async Task<Results<Utf8ContentHttpResult, ProblemHttpResult>> FindAsync(string definitionId, int? version, FlowStore flows, HttpResponse response, CancellationToken cancellation)
    {
        if (await flows.FindAsync(definitionId, version, cancellation) is not { } row) return NoFlow(definitionId, version);
        response.Headers.ETag = FlowStore.Tag(row);
        return TypedResults.Text(StampedFlow.Of(row, version is null || await flows.IsLatestAsync(row, cancellation)), "application/json; charset=utf-8");
    }

    /// <summary>An empty flow: a flowchart without nodes.</summary>
    public static async Task<Created<FlowSaved>> CreateAsync(NewFlow flow, FlowStore flows, CancellationToken cancellation)
    {
        var saved = await flows.SaveAsync(Empty(flow.Name is { Length: > 0 } name ? name : "New flow"), null, cancellation);
        return TypedResults.Created($"/api/flows/{saved.DefinitionId}", saved);
    }

    public static async Task<Ok<FlowSaved>> SaveAsync(string definitionId, HttpRequest request, FlowStore flows, CancellationToken cancellation)
    {
        var flow = FlowFile.ReadOne(Encoding.UTF8.GetString(await LimitedBody.ReadAsync(request, FlowImport.MaxBytes, cancellation)));
        flow.Json["definitionId"] = definitionId;
        var saved = await flows.SaveAsync(flow, request.Headers.IfMatch is [{ Length: > 0 } tag] ? tag : null, cancellation);
        request.HttpContext.Response.Headers.ETag = saved.ETag;
        return TypedResults.Ok(saved);
    }

    public static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(string definitionId, FlowStore flows, FlowFiles files, CancellationToken cancellation)
    {
        if (!await flows.DeleteAsync(definitionId, cancellation)) return NoFlow(definitionId, null);
        await files.DeleteAllAsync(definitionId, cancellation);
        return TypedResults.NoContent();
    }

    public static async Task<Ok<FlowSaved>> PublishAsync(string definitionId, FlowStore flows, CancellationToken cancellation) =>
        TypedResults.Ok(await flows.PublishAsync(definitionId, null, cancellation));

    public static async Task<Ok<FlowSaved>> UnpublishAsync(string definitionId, FlowStore flows, CancellationToken cancellation) =>
        TypedResults.Ok(await flows.UnpublishAsync(definitionId, cancellation));

    public static async Task<Ok<IReadOnlyList<FlowVersionSummary>>> VersionsAsync(string definitionId, FlowStore flows, CancellationToken cancellation) =>
        TypedResults.Ok(await flows.HistoryAsync(definitionId, cancellation));

    /// <summary>The definition as a file; with <c>format=bundle</c> a zip with the flow's files.</summary>
    public static async Task<Results<FileContentHttpResult, ProblemHttpResult>> ExportAsync(
        string definitionId, int? version, string? format, FlowStore flows, FlowFiles files, CancellationToken cancellation)
    {
        if (await flows.DefinitionAsync(definitionId, version, cancellation) is not { } flow) return NoFlow(definitionId, version);
        var text = Encoding.UTF8.GetBytes(FlowFile.Write(flow));
        return format == "bundle"
            ? TypedResults.File(await FlowBundle.WriteAsync(flow, files, cancellation), "application/zip", $"{definitionId}.zip")
            : TypedResults.File(text, "application/json", $"{definitionId}.json");
    }

    public static async Task<Ok<IReadOnlyList<FlowSaved>>> ImportAsync(bool? publish, HttpRequest request, FlowImport import, CancellationToken cancellation)
    {
        if (publish == true && request.HttpContext.Actor().RoleIn(Sight.Current.ProjectId) < Role.Operator) throw new RequestFault("Publishing needs the role operator: import without it.", StatusCodes.Status403Forbidden);
        return TypedResults.Ok(await import.ImportAsync(await LimitedBody.ReadAsync(request, FlowImport.MaxBytes, cancellation), publish ?? false, cancellation));
    }

    public static async Task<Ok<IReadOnlyList<FlowProblem>>> CheckAsync(HttpRequest request, FlowInspection inspection, CancellationToken cancellation)
    {
        var flow = FlowFile.ReadOne(Encoding.UTF8.GetString(await LimitedBody.ReadAsync(request, FlowImport.MaxBytes, cancellation)));
        return TypedResults.Ok(inspection.Of(flow));
    }

    private static FlowDefinition Empty(string name) => EmptyFlow.Named(Guid.NewGuid().ToString("N")[..16], name);

    private static ProblemHttpResult NoFlow(string definitionId, int? version) =>
        Problems.NotFound($"There is no flow '{definitionId}'{(version is null ? "" : $" in version {version}")}.");
}

public sealed record NewFlow(string? Name);
