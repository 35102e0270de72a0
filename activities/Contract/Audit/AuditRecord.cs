using System.Text.Json.Nodes;

namespace Flows.Contract.Audit;

/// <summary>A row of the audit log as it is read and exported; hash and previous are enough to check the chain again.</summary>
/// <param name="Seq">1, 2, 3 … without a gap.</param>
/// <param name="Action"><c>kind.verb</c>.</param>
/// <param name="Thing">What it was done to, within its kind.</param>
public sealed record AuditRecord(long Seq, DateTimeOffset At, string Actor, string Action, string Kind, string Thing)
{
    public string ProjectId { get; init; } = "";

    /// <summary>Where the request came from.</summary>
    public string Address { get; init; } = "";

    /// <summary>Of the answer, as in HTTP: from 400 on nothing was done.</summary>
    public int Status { get; init; }

    public JsonNode? Details { get; init; }

    /// <summary>Hash of the row before.</summary>
    public string Previous { get; init; } = "";

    public string Hash { get; init; } = "";
}
