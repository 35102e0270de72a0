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

    public static string TracePath(string kind, string id) => $"api/trace/{Escape(kind)}/{Escape(id)}";
}
