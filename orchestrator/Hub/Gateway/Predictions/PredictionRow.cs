using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Gateway.Predictions;

/// <summary>That a deployment answered, and which version did; its author is who asked. What was asked and answered is not kept.</summary>
public sealed class PredictionRow : OwnedRow
{
    public long Seq { get; init; }

    /// <summary>The request's id, from whoever asked or made for it: 1 to 200 characters, given more than once if they do.</summary>
    public required string Id { get; init; }

    public required string Deployment { get; init; }

    public required string Model { get; init; }

    public required int Version { get; init; }

    /// <summary>Behind the deployment's address, cut at 200 characters.</summary>
    public required string Route { get; init; }

    public required int Status { get; init; }

    public required DateTimeOffset At { get; init; }

    public double Milliseconds { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<PredictionRow>
    {
        public void Configure(EntityTypeBuilder<PredictionRow> prediction)
        {
            prediction.ToTable("predictions");
            prediction.HasKey(row => row.Seq);
            prediction.HasIndex(row => row.Id);
            prediction.HasIndex(row => new { row.Deployment, row.At });
            prediction.HasIndex(row => row.At);
        }
    }
}
