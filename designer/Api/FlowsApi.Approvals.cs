using System.Text.Json.Nodes;
using Flows.Contract.Approvals;

namespace Flows.Designer.Api;

public sealed partial class FlowsApi
{
    /// <param name="state"><c>open</c>, <c>all</c> or what became of them.</param>
    public Task<IReadOnlyList<Approval>> ApprovalsAsync(string state, string? runId = null, CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<Approval>>($"api/approvals?state={state}" + (runId is null ? "" : $"&runId={Escape(runId)}"), cancellation);

    public async Task<int> OpenApprovalsAsync(CancellationToken cancellation = default) =>
        (await GetAsync<JsonObject>("api/approvals/count", cancellation))["open"]?.GetValue<int>() ?? 0;

    public Task<Approval> AnswerAsync(string id, ApprovalAnswer answer, CancellationToken cancellation = default) =>
        PostAsync<Approval>($"api/approvals/{Escape(id)}", answer, cancellation);
}
