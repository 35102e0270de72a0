using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Artifacts;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Hub.Artifacts;

namespace Flows.Hub.Endpoints;

/// <summary>Writes what a flow answered: text as it is, an artifact as its bytes, everything else as JSON.</summary>
internal sealed class HttpReply(HttpResponse response, ArtifactStore artifacts)
{
    /// <summary>The run that answered.</summary>
    public const string RunHeader = "Flows-Run";

    public async Task WriteAsync(JsonObject written, CancellationToken cancellation)
    {
        response.StatusCode = written.Int("statusCode") is { } status and >= 200 and <= 599 ? status : StatusCodes.Status200OK;
        foreach (var (name, value) in HeadersOf(written["responseHeaders"])) TrySet(name, value);
        var content = written["content"];
        if (content is null || response.StatusCode is StatusCodes.Status204NoContent or StatusCodes.Status304NotModified) return;
        var type = written.Text("contentType") is { Length: > 0 } given ? given : null;
        if (Artifact.From(content) is { } artifact) await WriteFileAsync(artifact, type, cancellation);
        else await WriteTextAsync(content, type, cancellation);
    }

    /// <summary>The run gave no response: 200 without a body when it finished, 202 when it waits for something, 500 when it faulted.</summary>
    public Task WriteAsync(RunSubStatus settled, RunRecord? record, string runId)
    {
        switch (settled)
        {
            case RunSubStatus.Faulted or RunSubStatus.Interrupted:
                var incidents = record?.Incidents.Where(incident => !incident.Handled).Select(incident => new { incident.ActivityId, incident.Message }).ToList();
                return Problem("The flow faulted", incidents is [var first, ..] ? first.Message : "The run's record says more.", 500, new() { ["runId"] = runId, ["incidents"] = incidents });
            case RunSubStatus.Cancelled:
                return Problem("The run was cancelled", $"The run {runId} was cancelled before it answered.", 503, new() { ["runId"] = runId });
            case RunSubStatus.Finished:
                response.StatusCode = StatusCodes.Status200OK;
                return Task.CompletedTask;
            default:
                response.StatusCode = StatusCodes.Status202Accepted;
                response.Headers.Location = $"/api/runs/{runId}";
                return response.WriteAsJsonAsync(new { runId });
        }
    }

    public Task Problem(string title, string detail, int status, Dictionary<string, object?>? more = null) =>
        TypedResults.Problem(detail, statusCode: status, title: title, extensions: more ?? []).ExecuteAsync(response.HttpContext);

    private async Task WriteTextAsync(JsonNode content, string? type, CancellationToken cancellation)
    {
        var isText = content.GetValueKind() == JsonValueKind.String;
        type ??= isText ? "text/plain" : "application/json";
        response.ContentType = type.Contains("charset", StringComparison.OrdinalIgnoreCase) ? type : type + "; charset=utf-8";
        var bytes = Encoding.UTF8.GetBytes(isText ? content.GetValue<string>() : content.ToJsonString(ContractJson.Options));
        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes, cancellation);
    }

    private async Task WriteFileAsync(Artifact artifact, string? type, CancellationToken cancellation)
    {
        string path;
        try { path = await artifacts.FetchAsync(artifact, cancellation); }
        catch (ArtifactException gone)
        {
            await Problem("The flow's answer cannot be given", gone.Message, StatusCodes.Status500InternalServerError);
            return;
        }
        response.Headers.XContentTypeOptions = "nosniff";
        await TypedResults.PhysicalFile(path, type ?? artifact.MediaType, artifact.Name, enableRangeProcessing: true).ExecuteAsync(response.HttpContext);
    }

    private static IEnumerable<(string, string)> HeadersOf(JsonNode? headers)
    {
        var json = headers is JsonValue && headers.AsText() is { Length: > 1 } text && text.TrimStart().StartsWith('{') ? JsonNode.Parse(text) : headers;
        foreach (var (name, value) in json as JsonObject ?? [])
        {
            foreach (var one in value as JsonArray ?? [value?.DeepClone()]) yield return (name, one.AsText() ?? "");
        }
    }

    // A header that HTTP does not know is dropped: the answer is worth more.
    private void TrySet(string name, string value)
    {
        try { response.Headers.Append(name, value); }
        catch (Exception odd) when (odd is InvalidOperationException or ArgumentException) { }
    }
}
