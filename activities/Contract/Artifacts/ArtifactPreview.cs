using System.Text.Json.Nodes;

namespace Flows.Contract.Artifacts;

/// <summary>What the preview panel shows of an artifact: <c>GET /api/previews/{sha256}?kind=Table</c>.</summary>
public sealed record ArtifactPreview(string Kind)
{
    public long? Rows { get; init; }

    public IReadOnlyList<ColumnPreview>? Columns { get; init; }

    /// <summary>First rows, each in column order, at most 100.</summary>
    public IReadOnlyList<JsonArray>? Sample { get; init; }

    /// <summary>First 64 KB of a text.</summary>
    public string? Text { get; init; }

    public JsonObject? Facts { get; init; }
}

/// <param name="Missing">Null values.</param>
/// <param name="Histogram">Counts of equal-width bins between minimum and maximum for numbers; of the most frequent values for others.</param>
public sealed record ColumnPreview(string Name, string Type, long Missing, long Distinct, string? Minimum, string? Maximum, IReadOnlyList<HistogramBin> Histogram);

public sealed record HistogramBin(string Label, long Count);
