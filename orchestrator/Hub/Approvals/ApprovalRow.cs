using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Approvals;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Approvals;

/// <summary>A question to people. The one who makes it no longer open has answered; everybody else comes too late.</summary>
public sealed class ApprovalRow : OwnedRow
{
    /// <summary>The bookmark's id, which begins with the run's.</summary>
    public required string Id { get; init; }

    public required string RunId { get; init; }

    public required string DefinitionId { get; init; }

    public DateTimeOffset AskedAt { get; init; }

    public ApprovalState State { get; set; }

    /// <summary>The <see cref="Approval"/> as it was asked, as JSON.</summary>
    public required string Asked { get; init; }

    public string? Answer { get; set; }

    public string? AnsweredBy { get; set; }

    public DateTimeOffset? AnsweredAt { get; set; }

    public string? Comment { get; set; }

    /// <summary>The form's values as JSON.</summary>
    public string? Values { get; set; }

    public Approval ToApproval() => JsonSerializer.Deserialize<Approval>(Asked, ContractJson.Options)! with
    {
        State = State,
        AskedAt = AskedAt,
        Answer = Answer,
        AnsweredBy = AnsweredBy,
        AnsweredAt = AnsweredAt,
        Comment = Comment,
        Values = Values is null ? null : JsonSerializer.Deserialize<System.Text.Json.Nodes.JsonObject>(Values, ContractJson.Options),
    };

    private sealed class Configuration : IEntityTypeConfiguration<ApprovalRow>
    {
        public void Configure(EntityTypeBuilder<ApprovalRow> approval)
        {
            approval.ToTable("approvals");
            approval.HasKey(row => row.Id);
            approval.HasIndex(row => row.RunId);
            approval.HasIndex(row => new { row.State, row.AskedAt });
        }
    }
}
