using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Contract.Flows;
using Flows.Hub.Artifacts;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Library;

/// <summary>The flows that projects of this server share. Everybody on it sees them, whichever project they are from.</summary>
public sealed partial class SharedFlows(IDbContextFactory<FlowsDb> databases, ArtifactStore artifacts, ShippedFlows shipped, TimeProvider time) : ILibraryShelf
{
    public async Task<IReadOnlyList<LibraryItem>> ItemsAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return [.. (await db.Set<LibraryFlowRow>().AsNoTracking().OrderBy(row => row.Name).ToListAsync(cancellation)).Select(Item)];
    }

    public async Task<LibraryOffer?> FindAsync(string id, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (await db.Set<LibraryFlowRow>().AsNoTracking().FirstOrDefaultAsync(row => row.Id == id, cancellation) is not { } flow) return null;
        var versions = await db.Set<LibraryVersionRow>().AsNoTracking().Where(row => row.Id == id).OrderByDescending(row => row.Version)
            .Select(row => new LibraryVersion(row.Version, row.Notes, row.Author, row.At, row.Nodes)).ToListAsync(cancellation);
        return new LibraryOffer(Item(flow), flow.Description, versions);
    }

    public async Task<LibraryContent?> ContentAsync(string id, int? version, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var row = await db.Set<LibraryVersionRow>().AsNoTracking().Where(row => row.Id == id && (version == null || row.Version == version))
            .OrderByDescending(row => row.Version).FirstOrDefaultAsync(cancellation);
        if (row is null) return null;
        var files = JsonSerializer.Deserialize<List<SharedFile>>(row.Files, ContractJson.Options)!;
        return new LibraryContent(row.Version, FlowFile.Read(row.Json), [.. files.Select(file => new LibraryFile(file.DefinitionId, file.Path, file.Sha256, token => LocateAsync(file, token)))]);
    }

    // The bytes are another project's; that they are shared is why they may be read.
    private async Task<string> LocateAsync(SharedFile file, CancellationToken cancellation)
    {
        using var everything = Sight.Everything.Enter();
        return await artifacts.VerifiedPathAsync(file.Sha256, cancellation);
    }

    private static LibraryItem Item(LibraryFlowRow row) => new(row.Id, row.Name, row.Description)
    {
        Tags = JsonSerializer.Deserialize<List<string>>(row.Tags, ContractJson.Options)!,
        Version = row.LatestVersion,
        IsComponent = row.IsComponent,
        Category = row.Category,
        ProjectId = row.ProjectId,
        Author = row.Author,
        UpdatedAt = row.UpdatedAt,
    };
}
