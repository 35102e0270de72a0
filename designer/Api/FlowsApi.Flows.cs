using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Checks;
using Flows.Contract.Definitions;
using Flows.Contract.Flows;

namespace Flows.Designer.Api;

/// <summary>A definition as loaded, with the tag that the next save sends back as <c>If-Match</c>.</summary>
public sealed record LoadedFlow(FlowDefinition Definition, string? ETag)
{
    /// <summary>The definition as the server wrote it: what a later merge starts from.</summary>
    public string Text { get; init; } = "";
}

/// <summary>A file that lies beside a flow.</summary>
public sealed record FlowFileEntry(string Path, long Size);

public sealed partial class FlowsApi
{
    public Task<IReadOnlyList<FlowSummary>> FlowsAsync(CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<FlowSummary>>("api/flows", cancellation);

    public async Task<LoadedFlow> FlowAsync(string id, int? version = null, CancellationToken cancellation = default)
    {
        var path = $"api/flows/{Escape(id)}" + (version is null ? "" : $"?version={version}");
        var answer = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancellation);
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        var json = JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { MaxDepth = ContractJson.MaxDepth }) as JsonObject
            ?? throw new ApiProblem(answer.StatusCode, "The server answered with nothing.");
        return new LoadedFlow(new FlowDefinition(json), answer.Headers.ETag?.ToString()) { Text = text };
    }

    public Task<FlowSaved> CreateFlowAsync(string name, CancellationToken cancellation = default) =>
        PostAsync<FlowSaved>("api/flows", new { name }, cancellation);

    /// <summary>Saves the draft. With an <paramref name="etag"/> that is no longer the newest: a problem with status 412.</summary>
    public Task<FlowSaved> SaveFlowAsync(FlowDefinition flow, string? etag, CancellationToken cancellation = default) =>
        SaveFlowAsync(flow.DefinitionId, flow.Json.ToJsonString(ContractJson.Options), etag, cancellation);

    /// <summary>The same for a draft that is text already.</summary>
    public async Task<FlowSaved> SaveFlowAsync(string id, string text, string? etag, CancellationToken cancellation = default)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, $"api/flows/{Escape(id)}") { Content = new StringContent(text, Encoding.UTF8, "application/json") };
        if (etag is not null) request.Headers.TryAddWithoutValidation("If-Match", etag);
        return await ReadAsync<FlowSaved>(await SendAsync(request, cancellation), cancellation);
    }

    public Task<FlowSaved> PublishFlowAsync(string id, CancellationToken cancellation = default) =>
        PostAsync<FlowSaved>($"api/flows/{Escape(id)}/publish", null, cancellation);

    public Task DeleteFlowAsync(string id, CancellationToken cancellation = default) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"api/flows/{Escape(id)}"), cancellation);

    /// <summary>Says that this page has the flow open; who else has, and which draft is the newest.</summary>
    public async Task<PresenceNews> TellPresenceAsync(string id, string visitor, IReadOnlyList<string> selection, CancellationToken cancellation = default) =>
        await ReadAsync<PresenceNews>(await PutAsync($"api/flows/{Escape(id)}/presence/{visitor}", new PresenceUpdate { Selection = selection }, cancellation), cancellation);

    public Task LeaveAsync(string id, string visitor, CancellationToken cancellation = default) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"api/flows/{Escape(id)}/presence/{visitor}"), cancellation);

    /// <summary>Address of the export, for a download link.</summary>
    public static string ExportPath(string id) => $"api/flows/{Escape(id)}/export";

    public Task<IReadOnlyList<FlowVersionSummary>> VersionsAsync(string id, CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<FlowVersionSummary>>($"api/flows/{Escape(id)}/versions", cancellation);

    /// <summary>Imports one definition, an array or a bundle.</summary>
    public Task<IReadOnlyList<FlowSaved>> ImportAsync(byte[] file, string fileName, CancellationToken cancellation = default)
    {
        var body = new ByteArrayContent(file);
        body.Headers.ContentType = new MediaTypeHeaderValue(fileName.EndsWith(".zip", StringComparison.OrdinalIgnoreCase) ? "application/zip" : "application/json");
        return PostAsync<IReadOnlyList<FlowSaved>>("api/flows/import", body, cancellation);
    }

    public Task<IReadOnlyList<FlowProblem>> CheckAsync(FlowDefinition flow, CancellationToken cancellation = default) =>
        PostAsync<IReadOnlyList<FlowProblem>>("api/flows/check", flow.Json, cancellation);

    public Task<IReadOnlyList<FlowFileEntry>> FilesAsync(string id, CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<FlowFileEntry>>($"api/flows/{Escape(id)}/files", cancellation);

    public async Task<string> FileTextAsync(string id, string path, CancellationToken cancellation = default)
    {
        var answer = await SendAsync(new HttpRequestMessage(HttpMethod.Get, FilePath(id, path)), cancellation);
        return await answer.Content.ReadAsStringAsync(cancellation);
    }

    public async Task<HttpContent> FileAsync(string id, string path, CancellationToken cancellation = default) =>
        (await SendAsync(new HttpRequestMessage(HttpMethod.Get, FilePath(id, path)), cancellation)).Content;

    public Task PutFileAsync(string id, string path, HttpContent body, CancellationToken cancellation = default) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Put, FilePath(id, path)) { Content = body }, cancellation);

    public Task PutFileAsync(string id, string path, string text, CancellationToken cancellation = default) =>
        PutFileAsync(id, path, new StringContent(text, Encoding.UTF8, "text/plain"), cancellation);

    public Task DeleteFileAsync(string id, string path, CancellationToken cancellation = default) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Delete, FilePath(id, path)), cancellation);

    private static string FilePath(string id, string path) =>
        $"api/flows/{Escape(id)}/files/{string.Join('/', path.Split('/').Select(Escape))}";
}
