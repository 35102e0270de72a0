using System.Text.Json.Nodes;

namespace Flows.Hub.Audit;

/// <summary>A row as it is read and exported; hash and previous are enough to check the chain again.</summary>
public sealed record AuditRecord(long Seq, DateTimeOffset At, string Actor, string Action, string Kind, string Thing)
{
    public string ProjectId { get; init; } = "";

    public string Address { get; init; } = "";

    public int Status { get; init; }

    public JsonNode? Details { get; init; }

    public string Previous { get; init; } = "";

    public string Hash { get; init; } = "";

    internal static AuditRecord Of(AuditRow row) => new(row.Seq, row.At, row.Author, row.Action, row.Kind, row.Thing)
    {
        ProjectId = row.ProjectId, Address = row.Address, Status = row.Status, Details = JsonNode.Parse(row.Details), Previous = row.Previous, Hash = row.Hash,
    };
}
