using Flows.Hub.Artifacts;
using Flows.Hub.Storage;
using Flows.Hub.Web;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Flows;

/// <summary>
/// Files that belong to a flow, or to the project (<c>_project</c>): data, scripts. A row says which artifact a path holds
/// now, so that every orchestrator sees the same files and a file's bytes are kept by their digest.
/// </summary>
public sealed class FlowFiles(IDbContextFactory<FlowsDb> databases, ArtifactStore artifacts, TimeProvider time)
{
    public const string Project = "_project";

    public async Task<IReadOnlyList<FlowFileEntry>> ListAsync(string definitionId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = await Of(db, definitionId).OrderBy(row => row.Path).ToListAsync(cancellation);
        return [.. rows.Select(row => new FlowFileEntry(row.Path, row.Size, row.Sha256))];
    }

    /// <summary>Where the file's bytes lie on this machine, verified; null when there is no such file.</summary>
    public async Task<string?> FindAsync(string definitionId, FlowPath path, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var row = await Of(db, definitionId).FirstOrDefaultAsync(row => row.Path == path.Text, cancellation);
        return row is null ? null : await artifacts.VerifiedPathAsync(row.Sha256, cancellation);
    }

    /// <summary>The file with what has to lie beside it: a script or a notebook imports the flow's scripts. Empty when there is no such file.</summary>
    public async Task<IReadOnlyList<FlowFileEntry>> WithCompanionsAsync(string definitionId, FlowPath path, CancellationToken cancellation)
    {
        var files = await ListAsync(definitionId, cancellation);
        if (files.All(file => file.Path != path.Text)) return [];
        return [.. files.Where(file => file.Path == path.Text || (Imports(path.Text) && IsScript(file.Path)))];
    }

    /// <summary>Writes a file whole or not at all.</summary>
    /// <exception cref="RequestFault">The path is a folder already, or leads through a file.</exception>
    public async Task WriteAsync(string definitionId, FlowPath path, Stream content, CancellationToken cancellation)
    {
        FlowPath.RequireFlow(definitionId);
        var (sha256, size) = await artifacts.PutAsync(content, cancellation: cancellation);
        await databases.InTransactionAsync(async db =>
        {
            await RequireRoomAsync(db, definitionId, path, cancellation);
            var row = await db.Set<FlowFileRow>().FindAsync([Owner(definitionId), path.Text], cancellation)
                ?? db.Add(new FlowFileRow { DefinitionId = Owner(definitionId), Path = path.Text }).Entity;
            (row.Sha256, row.Size, row.At) = (sha256, size, time.GetUtcNow());
            return await db.SaveChangesAsync(cancellation);
        }, cancellation);
    }

    /// <returns>False when there was no such file.</returns>
    public async Task<bool> DeleteAsync(string definitionId, FlowPath path, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await Of(db, definitionId).Where(row => row.Path == path.Text).ExecuteDeleteAsync(cancellation) > 0;
    }

    public async Task DeleteAllAsync(string definitionId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await Of(db, definitionId).ExecuteDeleteAsync(cancellation);
    }

    // Every project has files that its flows share.
    private static string Owner(string definitionId) => definitionId == Project && Sight.Current.ProjectId is var project and not "default" ? $"{Project}:{project}" : definitionId;

    private static bool Imports(string path) => IsScript(path) || path.EndsWith(".ipynb", StringComparison.Ordinal);

    private static bool IsScript(string path) => path.EndsWith(".py", StringComparison.Ordinal);

    private static IQueryable<FlowFileRow> Of(FlowsDb db, string definitionId)
    {
        FlowPath.RequireFlow(definitionId);
        var owner = Owner(definitionId);
        return db.Set<FlowFileRow>().AsNoTracking().Where(row => row.DefinitionId == owner);
    }

    private static async Task RequireRoomAsync(FlowsDb db, string definitionId, FlowPath path, CancellationToken cancellation)
    {
        // What lies below a folder sorts between "folder/" and "folder0", the character after the slash.
        var (above, from, to) = (path.Folders.ToList(), path.Text + "/", path.Text + "0");
        if (await Of(db, definitionId).AnyAsync(row => above.Contains(row.Path) || (string.Compare(row.Path, from) > 0 && string.Compare(row.Path, to) < 0), cancellation))
            throw new RequestFault($"The path '{path}' is both a file and a folder.");
    }
}

/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Digest of the bytes: an artifact.</param>
public sealed record FlowFileEntry(string Path, long Size, string Sha256);
