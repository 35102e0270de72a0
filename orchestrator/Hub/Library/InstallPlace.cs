using Flows.Contract.Flows;
using Flows.Hub.Flows;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Library;

/// <summary>The project that something is installed into: what is there, and which ids and names are free.</summary>
public sealed class InstallPlace(IDbContextFactory<FlowsDb> databases)
{
    /// <summary>The flow that is in the way: the one that was named, else what was installed of this, else one of the same id or name.</summary>
    /// <exception cref="Web.RequestFault">404: the one that was named is not in the project.</exception>
    public async Task<FlowRow?> ThereAsync(string library, LibraryContent content, InstallRequest asked, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var here = Here(db);
        if (asked.DefinitionId is { } named) return await here.FirstOrDefaultAsync(row => row.DefinitionId == named, cancellation) ?? throw FlowStore.NoFlow(named);
        var (offered, name) = (content.Flows[0].DefinitionId, Named(asked) ?? content.Flows[0].Name);
        return await here.Where(row => row.LibraryId == library).OrderBy(row => row.DefinitionId).FirstOrDefaultAsync(cancellation)
            ?? await here.Where(row => row.DefinitionId == offered || row.Name == name).OrderBy(row => row.DefinitionId).FirstOrDefaultAsync(cancellation);
    }

    /// <summary>The flows as they are in the project. Ids are the whole server's: one that is taken, here or where it is not seen, becomes another.</summary>
    /// <param name="there">The flow that the first of them becomes; null: a new one.</param>
    internal async Task<PreparedFlows> PrepareAsync(string library, LibraryContent content, FlowRow? there, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var ids = new Dictionary<string, string>();
        foreach (var flow in content.Flows)
        {
            var mark = content.MarkOf(library, flow).Id;
            var known = there is null ? null : mark == library ? there.DefinitionId
                : await Here(db).Where(row => row.LibraryId == mark).OrderBy(row => row.DefinitionId).Select(row => row.DefinitionId).FirstOrDefaultAsync(cancellation);
            ids[flow.DefinitionId] = known ?? await FreeIdAsync(db, flow.DefinitionId, cancellation);
        }
        return PreparedFlows.Of(library, content, ids);
    }

    /// <summary>The name that was asked for, or the library's, with a number where a flow of the project has it.</summary>
    public async Task<string> FreeNameAsync(LibraryContent content, InstallRequest asked, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var wished = Named(asked) ?? content.Flows[0].Name;
        var (name, number) = (wished, 1);
        while (await Here(db).AnyAsync(row => row.Name == name, cancellation)) name = $"{wished} ({++number})";
        return name;
    }

    private static IQueryable<FlowRow> Here(FlowsDb db)
    {
        var project = Sight.Current.ProjectId;
        return db.Set<FlowRow>().AsNoTracking().Where(row => row.ProjectId == project);
    }

    private static async Task<string> FreeIdAsync(FlowsDb db, string offered, CancellationToken cancellation) =>
        offered.Length == 0 || await db.Set<FlowRow>().IgnoreQueryFilters().AnyAsync(row => row.DefinitionId == offered, cancellation) ? Guid.NewGuid().ToString("N")[..16] : offered;

    private static string? Named(InstallRequest asked) => asked.Name?.Trim() is { Length: > 0 } name ? name : null;
}
