using Flows.Contract.Backfills;

namespace Flows.Designer.Api;

public sealed partial class FlowsApi
{
    /// <summary>Newest first, without their partitions.</summary>
    public Task<IReadOnlyList<Backfill>> BackfillsAsync(CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<Backfill>>("api/backfills", cancellation);

    public Task<Backfill> BackfillAsync(string id, CancellationToken cancellation = default) =>
        GetAsync<Backfill>($"api/backfills/{Escape(id)}", cancellation);

    /// <summary>A letter for each run, partition by partition.</summary>
    public async Task<string> BackfillStatesAsync(string id, CancellationToken cancellation = default)
    {
        var answer = await SendAsync(new HttpRequestMessage(HttpMethod.Get, $"api/backfills/{Escape(id)}/states"), cancellation);
        return await answer.Content.ReadAsStringAsync(cancellation);
    }

    public async Task<BackfillCell?> BackfillCellAsync(string id, int partition, int variant, CancellationToken cancellation = default) =>
        (await GetAsync<IReadOnlyList<BackfillCell>>($"api/backfills/{Escape(id)}/cells?partition={partition}&variant={variant}", cancellation)).FirstOrDefault();

    public Task<IReadOnlyList<BackfillCell>> BackfillFaultsAsync(string id, CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<BackfillCell>>($"api/backfills/{Escape(id)}/cells?state=Faulted", cancellation);

    public Task<Backfill> StartBackfillAsync(BackfillRequest request, CancellationToken cancellation = default) =>
        PostAsync<Backfill>("api/backfills", request, cancellation);

    public Task<Backfill> CancelBackfillAsync(string id, CancellationToken cancellation = default) =>
        PostAsync<Backfill>($"api/backfills/{Escape(id)}/cancel", null, cancellation);

    public Task<Backfill> RerunBackfillAsync(string id, CancellationToken cancellation = default) =>
        PostAsync<Backfill>($"api/backfills/{Escape(id)}/rerun", null, cancellation);
}
