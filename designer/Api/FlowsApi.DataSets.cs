using System.Net;
using Flows.Contract.DataSets;

namespace Flows.Designer.Api;

public sealed partial class FlowsApi
{
    public Task<IReadOnlyList<DataSetSummary>> DataSetsAsync(CancellationToken cancellation = default) => GetAsync<IReadOnlyList<DataSetSummary>>("api/datasets", cancellation);

    /// <summary>Newest first.</summary>
    public Task<IReadOnlyList<DataSetVersion>> DataSetAsync(string name, CancellationToken cancellation = default) => GetAsync<IReadOnlyList<DataSetVersion>>($"api/datasets/{Escape(name)}", cancellation);

    public Task<DataSetDifference> DataSetDifferenceAsync(string name, int from, int to, CancellationToken cancellation = default) =>
        GetAsync<DataSetDifference>($"api/datasets/{Escape(name)}/difference?from={from}&to={to}", cancellation);

    public Task SetDataSetAliasAsync(string name, string alias, int version, CancellationToken cancellation = default) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Put, $"api/datasets/{Escape(name)}/aliases/{Escape(alias)}") { Content = ToJson(new { version }) }, cancellation);

    public Task RemoveDataSetAliasAsync(string name, string alias, CancellationToken cancellation = default) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"api/datasets/{Escape(name)}/aliases/{Escape(alias)}"), cancellation);

    /// <summary>Null where nothing was said: every version is kept.</summary>
    public async Task<DataSetKeeping?> DataSetRetentionAsync(string name, CancellationToken cancellation = default)
    {
        var answer = await SendAsync(new HttpRequestMessage(HttpMethod.Get, $"api/datasets/{Escape(name)}/retention"), cancellation);
        return answer.StatusCode == HttpStatusCode.NoContent ? null : await ReadAsync<DataSetKeeping>(answer, cancellation);
    }

    public async Task<DataSetKeeping> KeepDataSetAsync(string name, DataSetKeeping keeping, CancellationToken cancellation = default) =>
        await ReadAsync<DataSetKeeping>(await SendAsync(new HttpRequestMessage(HttpMethod.Put, $"api/datasets/{Escape(name)}/retention") { Content = ToJson(keeping) }, cancellation), cancellation);
}
