using Flows.Contract.Audit;

namespace Flows.Designer.Api;

public sealed partial class FlowsApi
{
    /// <summary>Where the whole log comes from as a file.</summary>
    public const string AuditExport = "api/audit/export";

    /// <param name="filter">Names and values of the query, as <c>GET /api/audit</c> takes them.</param>
    public Task<IReadOnlyList<AuditRecord>> AuditAsync(IEnumerable<KeyValuePair<string, string>> filter, CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<AuditRecord>>("api/audit?" + string.Join('&', filter.Select(pair => $"{pair.Key}={Escape(pair.Value)}")), cancellation);

    public Task<AuditVerdict> VerifyAuditAsync(CancellationToken cancellation = default) => GetAsync<AuditVerdict>("api/audit/verify", cancellation);
}
