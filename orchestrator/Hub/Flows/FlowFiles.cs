using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
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
        return [.. rows.Select(row => new FlowFileEntry(row.Path, row.Size) { Sha256 = row.Sha256 })];
    }

    /// <summary>Where the file's bytes lie on this machine, verified; null when there is no such file.</summary>
    public async Task<string?> FindAsync(string definitionId, FlowPath path, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var row = await Of(db, definitionId).FirstOrDefaultAsync(row => row.Path == path.Text, cancellation);
        return row is null ? null : await artifacts.VerifiedPathAsync(row.Sha256, cancellation);
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
            var row = await db.Set<FlowFileRow>().FindAsync([definitionId, path.Text], cancellation)
                ?? db.Add(new FlowFileRow { DefinitionId = definitionId, Path = path.Text }).Entity;
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

    private static IQueryable<FlowFileRow> Of(FlowsDb db, string definitionId)
    {
        FlowPath.RequireFlow(definitionId);
        return db.Set<FlowFileRow>().AsNoTracking().Where(row => row.DefinitionId == definitionId);
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
public sealed record FlowFileEntry(string Path, long Size)
{
    /// <summary>Digest of the bytes.</summary>
    public string? Sha256 { get; init; }
}

/// <summary>Files as a step of one flow sees them: its own first, then the project's, then absolute paths of this machine.</summary>
public sealed class StepFiles(FlowFiles files, DataFolder data, string definitionId) : IFlowFiles
{
    public async Task<string> FetchAsync(string path, CancellationToken cancellation = default)
    {
        if (Path.IsPathRooted(path)) return File.Exists(path) ? path : throw Missing(path);
        try
        {
            var at = FlowPath.Of(path);
            var found = await files.FindAsync(definitionId, at, cancellation) ?? await files.FindAsync(FlowFiles.Project, at, cancellation) ?? throw Missing(path);
            return Named(found, at);
        }
        catch (RequestFault climbs)
        {
            throw new ActivityFault(climbs.Message, climbs);
        }
    }

    // Under its own name, so that a script's messages say it and an extension is seen.
    private string Named(string found, FlowPath path)
    {
        var link = Path.Combine(Directory.CreateDirectory(Path.Combine(data.Work, "files", Path.GetFileName(found))).FullName, path.Name);
        try { File.CreateSymbolicLink(link, found); }
        catch (IOException) when (File.Exists(link)) { }
        return link;
    }

    private static ActivityFault Missing(string path) => new($"There is no file '{path}' among the flow's or the project's files.");
}
