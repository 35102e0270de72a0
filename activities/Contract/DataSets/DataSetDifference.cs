using Flows.Contract.Artifacts;

namespace Flows.Contract.DataSets;

/// <summary>What is not the same in two versions of a data set: <c>GET /api/datasets/{name}/difference?from=1&amp;to=2</c>.</summary>
public sealed record DataSetDifference(string Name, int From, int To)
{
    /// <summary>The bytes are the same.</summary>
    public bool IsSame { get; init; }

    public long SizeBefore { get; init; }

    public long SizeAfter { get; init; }

    /// <summary>Rows of the earlier version; null for what is no table.</summary>
    public long? RowsBefore { get; init; }

    public long? RowsAfter { get; init; }

    /// <summary>Rows, counted as often as they occur, that only the earlier version has; null for what is no table, has other columns or more than five million rows.</summary>
    public long? RowsRemoved { get; init; }

    public long? RowsAdded { get; init; }

    /// <summary>Every column of both versions, in the order of the later one.</summary>
    public IReadOnlyList<ColumnDifference> Columns { get; init; } = [];

    /// <summary>Files that came, went or changed; null for what is no folder.</summary>
    public IReadOnlyList<FileDifference>? Files { get; init; }
}

/// <param name="Before">The column in the earlier version; null when it has none.</param>
/// <param name="After">The column in the later version; null when it is gone.</param>
public sealed record ColumnDifference(string Name, ColumnPreview? Before, ColumnPreview? After)
{
    public bool IsSame => Before is not null && After is not null && Before with { Histogram = [] } == After with { Histogram = [] } && Before.Histogram.SequenceEqual(After.Histogram);
}

/// <param name="Change"><c>added</c>, <c>removed</c> or <c>changed</c>.</param>
public sealed record FileDifference(string Path, string Change);

/// <summary>How long versions of a data set are kept.</summary>
/// <param name="KeepVersions">Newest versions that stay whatever their age, from 1.</param>
/// <param name="KeepDays">Days for which every version stays, 0 to 36,500.</param>
public sealed record DataSetKeeping(int KeepVersions, int KeepDays)
{
    /// <summary>Versions that would go now; answer only.</summary>
    public IReadOnlyList<int> WouldGo { get; init; } = [];
}
