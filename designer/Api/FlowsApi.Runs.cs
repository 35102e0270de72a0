using System.Text.Json.Nodes;
using Flows.Contract.Artifacts;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;

namespace Flows.Designer.Api;

public sealed partial class FlowsApi
{
    /// <param name="draft">Run the latest draft rather than the published version.</param>
    public async Task<string> StartRunAsync(string definitionId, JsonObject? inputs = null, bool draft = true, CancellationToken cancellation = default)
    {
        var path = $"api/flows/{Escape(definitionId)}/runs" + (draft ? "?draft=true" : "");
        var answer = await PostAsync<JsonObject>(path, new RunRequest { Inputs = inputs }, cancellation);
        return answer.Text("runId") ?? answer.Text("id") ?? "";
    }

    /// <summary>A run that is over goes on as a new one over the newest draft: from what did not finish, or from an activity on. The new run's id.</summary>
    public async Task<string> GoOnAsync(string runId, string? from, CancellationToken cancellation = default)
    {
        var path = $"api/runs/{Escape(runId)}/" + (from is null ? "resume?version=draft" : $"rerun?version=draft&from={Escape(from)}");
        return (await PostAsync<JsonObject>(path, null, cancellation)).Text("runId") ?? "";
    }

    /// <summary>Newest first.</summary>
    /// <param name="after">Id of the last run already shown.</param>
    public Task<IReadOnlyList<RunSummary>> RunsAsync(string? definitionId = null, string? status = null, string? after = null, int limit = 100, CancellationToken cancellation = default)
    {
        var query = $"api/runs?limit={limit}";
        if (definitionId is not null) query += $"&definitionId={Escape(definitionId)}";
        if (status is not null) query += $"&status={Escape(status)}";
        if (after is not null) query += $"&after={Escape(after)}";
        return GetAsync<IReadOnlyList<RunSummary>>(query, cancellation);
    }

    public Task<RunRecord> RunAsync(string id, CancellationToken cancellation = default) =>
        GetAsync<RunRecord>($"api/runs/{Escape(id)}", cancellation);

    /// <summary>The very definition that the run executes or executed.</summary>
    public async Task<FlowDefinition> RunDefinitionAsync(string id, CancellationToken cancellation = default) =>
        new(await GetAsync<JsonObject>($"api/runs/{Escape(id)}/definition", cancellation));

    public Task<IReadOnlyList<JournalEntry>> JournalAsync(string id, CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<JournalEntry>>($"api/runs/{Escape(id)}/journal", cancellation);

    public Task<IReadOnlyList<LogLine>> LogsAsync(string id, string? step = null, long? after = null, CancellationToken cancellation = default)
    {
        var query = $"api/runs/{Escape(id)}/logs?after={after ?? 0}";
        if (step is not null) query += $"&step={Escape(step)}";
        return GetAsync<IReadOnlyList<LogLine>>(query, cancellation);
    }

    public Task CancelRunAsync(string id, CancellationToken cancellation = default) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, $"api/runs/{Escape(id)}/cancel"), cancellation);

    public Task ResumeAsync(string bookmarkId, JsonNode? input = null, CancellationToken cancellation = default) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, $"api/bookmarks/{Escape(bookmarkId)}/resume") { Content = ToJson(new { input }) }, cancellation);

    /// <summary>Address of a run's live events.</summary>
    /// <param name="log">Number of the last line of its log that is known.</param>
    public static string EventsPath(string id, long log) => $"api/runs/{Escape(id)}/events?log={log}";

    /// <summary>Address of an artifact's bytes, for links and pictures; the name says the media type.</summary>
    public static string ArtifactPath(Artifact artifact) => $"api/artifacts/{artifact.Sha256}?name={Escape(artifact.Name)}";

    public Task<ArtifactPreview> PreviewAsync(Artifact artifact, CancellationToken cancellation = default) =>
        GetAsync<ArtifactPreview>($"api/previews/{artifact.Sha256}?kind={Escape(artifact.Kind)}&name={Escape(artifact.Name)}", cancellation);
}
