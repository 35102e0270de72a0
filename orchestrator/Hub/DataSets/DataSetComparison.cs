using Flows.Contract.Artifacts;
using Flows.Contract.DataSets;
using Flows.Hub.Artifacts;
using Flows.Library.Data;

namespace Flows.Hub.DataSets;

/// <summary>Says what is not the same in two versions of a data set.</summary>
/// <param name="work">Folder for what DuckDB spills.</param>
public sealed class DataSetComparison(ArtifactStore artifacts, ArtifactPreviews previews, string work)
{
    private const long MostRows = 5_000_000;

    private readonly SemaphoreSlim _turn = new(1);

    public async Task<DataSetDifference> OfAsync(DataSetVersion before, DataSetVersion after, CancellationToken cancellation)
    {
        var difference = new DataSetDifference(after.Name, before.Version, after.Version)
        {
            IsSame = before.Data.Sha256 == after.Data.Sha256, SizeBefore = before.Data.Size, SizeAfter = after.Data.Size, RowsBefore = before.Data.Rows, RowsAfter = after.Data.Rows,
        };
        if (before.Data.Kind == "Table" && after.Data.Kind == "Table") return await OfTablesAsync(difference, before.Data, after.Data, cancellation);
        return before.Data.MediaType == ArtifactFolder.MediaType && after.Data.MediaType == ArtifactFolder.MediaType ? difference with { Files = await OfFoldersAsync(before.Data, after.Data, cancellation) } : difference;
    }

    private async Task<DataSetDifference> OfTablesAsync(DataSetDifference difference, Artifact before, Artifact after, CancellationToken cancellation)
    {
        var (one, other) = (await previews.OfAsync(before.Sha256, "Table", before.Name, cancellation), await previews.OfAsync(after.Sha256, "Table", after.Name, cancellation));
        var columns = Columns(one.Columns ?? [], other.Columns ?? []);
        var (removed, added) = columns.All(column => column.Before is not null && column.After is not null) && Math.Max(one.Rows ?? 0, other.Rows ?? 0) <= MostRows
            ? await RowsAsync(before, after, [.. columns.Select(column => column.Name)], cancellation)
            : (null, null);
        return difference with { RowsBefore = one.Rows, RowsAfter = other.Rows, Columns = columns, RowsRemoved = removed, RowsAdded = added };
    }

    private static List<ColumnDifference> Columns(IReadOnlyList<ColumnPreview> before, IReadOnlyList<ColumnPreview> after) =>
    [
        .. after.Select(column => new ColumnDifference(column.Name, before.FirstOrDefault(one => one.Name == column.Name), column)),
        .. before.Where(column => after.All(one => one.Name != column.Name)).Select(column => new ColumnDifference(column.Name, column, null)),
    ];

    // One at a time, as previews are: a large table must not take the machine from the runs.
    private async Task<(long? Removed, long? Added)> RowsAsync(Artifact before, Artifact after, IReadOnlyList<string> columns, CancellationToken cancellation)
    {
        var names = string.Join(", ", columns.Select(Sql.Name));
        var (one, other) = (From(await artifacts.VerifiedPathAsync(before.Sha256, cancellation)), From(await artifacts.VerifiedPathAsync(after.Sha256, cancellation)));
        await _turn.WaitAsync(cancellation);
        try
        {
            Directory.CreateDirectory(work);
            return await Task.Run(() =>
            {
                using var database = new TableDatabase(work, memoryMegabytes: 512);
                return ((long?)database.Count($"{one} EXCEPT ALL {other}", cancellation), (long?)database.Count($"{other} EXCEPT ALL {one}", cancellation));
            }, cancellation);
        }
        finally
        {
            _turn.Release();
        }

        string From(string path) => $"SELECT {names} FROM read_parquet({Sql.Text(path)})";
    }

    private async Task<IReadOnlyList<FileDifference>> OfFoldersAsync(Artifact before, Artifact after, CancellationToken cancellation)
    {
        var (one, other) = (await FilesAsync(before, cancellation), await FilesAsync(after, cancellation));
        return [.. one.Keys.Union(other.Keys).Order(StringComparer.Ordinal).Where(path => one.GetValueOrDefault(path) != other.GetValueOrDefault(path))
            .Select(path => new FileDifference(path, !one.ContainsKey(path) ? "added" : !other.ContainsKey(path) ? "removed" : "changed"))];
    }

    private async Task<Dictionary<string, string>> FilesAsync(Artifact folder, CancellationToken cancellation) =>
        ((await ArtifactFolder.ReadAsync(await artifacts.VerifiedPathAsync(folder.Sha256, cancellation), cancellation))?.Files ?? []).ToDictionary(file => file.Path, file => file.Sha256);
}
