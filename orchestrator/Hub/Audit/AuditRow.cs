using System.Text.Json.Nodes;
using Flows.Contract.Audit;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Audit;

/// <summary>One link of the audit log's chain; its author is who did it.</summary>
public sealed class AuditRow : OwnedRow, ISharedRow
{
    /// <summary>1, 2, 3 … without a gap.</summary>
    public required long Seq { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Action { get; init; }

    public required string Kind { get; init; }

    public required string Thing { get; init; }

    public required string Address { get; init; }

    public required int Status { get; init; }

    /// <summary>JSON.</summary>
    public required string Details { get; init; }

    /// <summary>Hash of the row before; 64 zeros for the first.</summary>
    public required string Previous { get; init; }

    /// <summary><see cref="AuditChain.HashOf"/> this row.</summary>
    public string Hash { get; set; } = "";

    /// <summary>The hash, encrypted by a server's key ring: nobody without it writes a row that passes.</summary>
    public string Seal { get; set; } = "";

    public AuditRecord ToContract() => new(Seq, At, Author, Action, Kind, Thing)
    {
        ProjectId = ProjectId, Address = Address, Status = Status, Details = JsonNode.Parse(Details), Previous = Previous, Hash = Hash,
    };

    private sealed class Configuration : IEntityTypeConfiguration<AuditRow>
    {
        public void Configure(EntityTypeBuilder<AuditRow> row)
        {
            row.ToTable("audit");
            row.HasKey(one => one.Seq);
            row.Property(one => one.Seq).ValueGeneratedNever();
        }
    }
}

/// <summary>What stands for the rows up to one that were taken away by command.</summary>
public sealed class AuditStubRow : OwnedRow, ISharedRow
{
    /// <summary>The last row that was taken away.</summary>
    public required long Seq { get; init; }

    /// <summary>Its hash, which the next row follows.</summary>
    public required string Hash { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Seal { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<AuditStubRow>
    {
        public void Configure(EntityTypeBuilder<AuditStubRow> stub)
        {
            stub.ToTable("audit_stubs");
            stub.HasKey(one => one.Seq);
            stub.Property(one => one.Seq).ValueGeneratedNever();
        }
    }
}
