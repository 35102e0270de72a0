using Flows.Contract.Tracking;

namespace Flows.Designer.Api;

public sealed partial class FlowsApi
{
    /// <param name="points">Most points of each curve.</param>
    public Task<IReadOnlyList<MetricSeries>> MetricsAsync(string runId, int points, CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<MetricSeries>>($"api/runs/{Escape(runId)}/metrics?points={points}", cancellation);

    /// <summary>Parameters, tags, pictures and plots.</summary>
    public Task<RunTracking> TrackingAsync(string runId, CancellationToken cancellation = default) => GetAsync<RunTracking>($"api/runs/{Escape(runId)}/tracking", cancellation);
}
