using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Contract.Provenance;
using Flows.Contract.Provenance.Graphs;

namespace Flows.Designer.Api;

public sealed partial class FlowsApi
{
    public Task<Trace> TraceAsync(string kind, string id, TraceDirection direction, bool verify = false, CancellationToken cancellation = default) =>
        GetAsync<Trace>($"{TracePath(kind, id)}?direction={direction.ToString().ToLowerInvariant()}{(verify ? "&verify=true" : "")}", cancellation);

    public Task<QuarantineReport> QuarantineAsync(QuarantineRequest request, CancellationToken cancellation = default) => PostAsync<QuarantineReport>("api/quarantine", request, cancellation);

    public Task<IReadOnlyList<QuarantineReport>> QuarantinesAsync(CancellationToken cancellation = default) => GetAsync<IReadOnlyList<QuarantineReport>>("api/quarantine", cancellation);

    public Task ReleaseAsync(string cause, CancellationToken cancellation = default) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"api/quarantine/{string.Join('/', cause.Split('/', 2).Select(Escape))}"), cancellation);

    /// <summary>Runs that make a run again, newest first; a run that makes another again is there itself.</summary>
    public Task<IReadOnlyList<RunReproduction>> ReproductionsAsync(string runId, CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<RunReproduction>>($"api/runs/{Escape(runId)}/reproductions", cancellation);

    /// <summary>Makes a run again, as a run of its own: its id.</summary>
    public async Task<string> ReproduceAsync(string runId, Reproduction how, CancellationToken cancellation = default) =>
        (await PostAsync<JsonObject>($"api/runs/{Escape(runId)}/reproduce", how, cancellation)).Text("runId") ?? "";

    public static string TracePath(string kind, string id) => $"api/trace/{Escape(kind)}/{Escape(id)}";
}
