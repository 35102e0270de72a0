using Flows.Contract.Runners;

namespace Flows.Designer.Api;

public sealed partial class FlowsApi
{
    public Task<IReadOnlyList<RunnerRecord>> RunnersAsync(CancellationToken cancellation = default) => GetAsync<IReadOnlyList<RunnerRecord>>("api/runners", cancellation);
}
