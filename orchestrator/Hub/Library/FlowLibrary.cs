using Flows.Contract.Flows;
using Flows.Hub.Flows;
using Flows.Hub.Storage;
using Flows.Hub.Web;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Library;

/// <summary>All flows on offer, on whichever shelf, with where they are installed.</summary>
public sealed class FlowLibrary(ShippedFlows shipped, SharedFlows shared, IDbContextFactory<FlowsDb> databases)
{
    private readonly IReadOnlyList<ILibraryShelf> _shelves = [shipped, shared];

    public async Task<IReadOnlyList<LibraryItem>> ItemsAsync(string? words, string? tag, CancellationToken cancellation)
    {
        var items = new List<LibraryItem>();
        foreach (var shelf in _shelves) items.AddRange(await shelf.ItemsAsync(cancellation));
        var installed = await InstalledAsync(null, cancellation);
        return [.. items.Where(item => item.Matches(words, tag)).Select(item => item with { Installed = [.. installed[item.Id]] })];
    }

    /// <exception cref="RequestFault">404: no such flow on offer.</exception>
    public async Task<LibraryOffer> FindAsync(string id, CancellationToken cancellation)
    {
        foreach (var shelf in _shelves)
            if (await shelf.FindAsync(id, cancellation) is { } offer) return offer with { Item = offer.Item with { Installed = [.. (await InstalledAsync(id, cancellation))[id]] } };
        throw new RequestFault($"The library has no flow '{id}'.", StatusCodes.Status404NotFound);
    }

    /// <exception cref="RequestFault">404: no such flow on offer, or not in that version.</exception>
    public async Task<LibraryContent> ContentAsync(string id, int? version, CancellationToken cancellation)
    {
        if (await ContentIfThereAsync(id, version, cancellation) is { } content) return content;
        var offer = await FindAsync(id, cancellation);
        throw new RequestFault($"'{id}' has no version {version}; it has {string.Join(", ", offer.Versions.Select(one => one.Version))}.", StatusCodes.Status404NotFound);
    }

    public async Task<LibraryContent?> ContentIfThereAsync(string id, int? version, CancellationToken cancellation)
    {
        foreach (var shelf in _shelves)
            if (await shelf.ContentAsync(id, version, cancellation) is { } content) return content;
        return null;
    }

    // Only rows of the asker's projects are read: what others installed is not told.
    private async Task<ILookup<string, InstalledFlow>> InstalledAsync(string? id, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = await db.Set<FlowRow>().AsNoTracking().Where(row => row.LibraryId != null && (id == null || row.LibraryId == id)).OrderBy(row => row.Name).ToListAsync(cancellation);
        return rows.ToLookup(row => row.LibraryId!, row => new InstalledFlow(row.DefinitionId, row.Name, row.ProjectId, row.LibraryVersion ?? 1));
    }
}
