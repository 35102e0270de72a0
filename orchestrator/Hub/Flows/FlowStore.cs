using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Checks;
using Flows.Contract.Definitions;
using Flows.Contract.Flows;
using Flows.Engine;
using Flows.Hub.Triggers;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Flows.Hub.Web;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Flows;

/// <summary>Flows and their versions. The newest version is a draft until it is published; a published one never changes.</summary>
public sealed class FlowStore(IDbContextFactory<FlowsDb> databases, FlowInspection inspection, TriggerIndex triggers, TimeProvider time)
{
    public async Task<IReadOnlyList<FlowSummary>> ListAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = await db.Set<FlowRow>().AsNoTracking().OrderByDescending(row => row.UpdatedAt).ToListAsync(cancellation);
        return rows.ConvertAll(Summary);
    }

    /// <summary>A version, the newest by default; null when there is none.</summary>
    public async Task<FlowVersionRow?> FindAsync(string definitionId, int? version, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Set<FlowVersionRow>().AsNoTracking()
            .Where(row => row.DefinitionId == definitionId && (version == null || row.Version == version))
            .OrderByDescending(row => row.Version).FirstOrDefaultAsync(cancellation);
    }

    /// <summary>The version with the store's facts, as it is handed out.</summary>
    public async Task<FlowDefinition?> DefinitionAsync(string definitionId, int? version, CancellationToken cancellation)
    {
        if (await FindAsync(definitionId, version, cancellation) is not { } row) return null;
        return Definition(row, version is null || await IsLatestAsync(row, cancellation));
    }

    public async Task<bool> IsLatestAsync(FlowVersionRow row, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return !await db.Set<FlowVersionRow>().AnyAsync(other => other.DefinitionId == row.DefinitionId && other.Version > row.Version, cancellation);
    }

    public async Task<FlowVersionRow?> PublishedAsync(string definitionId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Set<FlowVersionRow>().AsNoTracking().Where(row => row.DefinitionId == definitionId && row.IsPublished)
            .OrderByDescending(row => row.Version).FirstOrDefaultAsync(cancellation);
    }

    public async Task<IReadOnlyList<FlowVersionSummary>> HistoryAsync(string definitionId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Set<FlowVersionRow>().AsNoTracking().Where(row => row.DefinitionId == definitionId)
            .OrderByDescending(row => row.Version)
            .Select(row => new FlowVersionSummary(row.Version, row.IsPublished, !row.IsPublished, row.Author, row.At)).ToListAsync(cancellation);
    }

    /// <summary>Saves the draft; after a published version a new one begins.</summary>
    /// <param name="ifMatch">ETag that the author edited; null saves over whatever is there.</param>
    /// <exception cref="RequestFault">412: somebody else saved in between; nothing was written.</exception>
    public Task<FlowSaved> SaveAsync(FlowDefinition flow, string? ifMatch, CancellationToken cancellation) =>
        databases.InTransactionAsync(db => SaveAsync(db, flow, ifMatch, cancellation), cancellation);

    /// <summary>Makes the newest version the one that runs.</summary>
    /// <param name="alongside">Flows that are published together with it.</param>
    /// <exception cref="RequestFault">404, or 422 with every problem.</exception>
    public async Task<FlowSaved> PublishAsync(string definitionId, IReadOnlyList<FlowDefinition>? alongside, CancellationToken cancellation)
    {
        var saved = await databases.InTransactionAsync(db => PublishAsync(db, definitionId, alongside, cancellation), cancellation);
        triggers.Tell();
        return saved;
    }

    private async Task<FlowSaved> SaveAsync(FlowsDb db, FlowDefinition flow, string? ifMatch, CancellationToken cancellation)
    {
        var head = await db.Set<FlowRow>().FindAsync([flow.DefinitionId], cancellation);
        var latest = head is null ? null : await db.Set<FlowVersionRow>().FindAsync([flow.DefinitionId, head.LatestVersion], cancellation);
        if (ifMatch is not null) Demand(ifMatch, latest);

        if (head is null) await DemandFreeAsync(db, [flow.DefinitionId], cancellation);
        if (head is null) db.Add(head = new FlowRow { DefinitionId = flow.DefinitionId });
        return Saved(await SaveDraftAsync(db, head, latest, flow, cancellation));
    }

    private async Task<FlowVersionRow> SaveDraftAsync(FlowsDb db, FlowRow head, FlowVersionRow? latest, FlowDefinition flow, CancellationToken cancellation)
    {
        if (latest is null || latest.IsPublished)
        {
            db.Add(latest = NewVersion(head, head.LatestVersion + 1));
        }
        // Each version has an id of its own; a published one keeps its.
        var taken = await db.Set<FlowVersionRow>().AnyAsync(row => row.VersionId == flow.Id && (row.DefinitionId != flow.DefinitionId || row.Version != latest.Version), cancellation);
        if (taken || flow.Id.Length == 0) flow.Json["id"] = $"{flow.DefinitionId}-v{latest.Version}";
        Write(head, latest, flow);
        await db.SaveChangesAsync(cancellation);
        return latest;
    }

    private async Task<FlowSaved> PublishAsync(FlowsDb db, string definitionId, IReadOnlyList<FlowDefinition>? alongside, CancellationToken cancellation)
    {
        var head = await db.Set<FlowRow>().FindAsync([definitionId], cancellation) ?? throw NoFlow(definitionId);
        var latest = (await db.Set<FlowVersionRow>().FindAsync([definitionId, head.LatestVersion], cancellation))!;
        var problems = inspection.Of(FlowFile.ReadOne(latest.Json), alongside);
        if (problems.Any(problem => problem.Level == ProblemLevel.Error))
            throw new RequestFault("The flow has problems that keep it from being published.", StatusCodes.Status422UnprocessableEntity) { Problems = problems };
        await PublishAsync(db, head, latest, cancellation);
        var together = (alongside ?? []).Select(flow => flow.DefinitionId).ToHashSet();
        return Saved(latest) with { Updated = await UpdateConsumersAsync(db, latest, together, cancellation) };
    }

    private async Task PublishAsync(FlowsDb db, FlowRow head, FlowVersionRow version, CancellationToken cancellation)
    {
        version.IsPublished = true;
        (head.PublishedVersion, head.Publisher) = (version.Version, Sight.Current.Author);
        head.UpdatedAt = time.GetUtcNow();
        triggers.Replace(db, head, FlowFile.ReadOne(version.Json));
        await db.SaveChangesAsync(cancellation);
    }

    /// <summary>
    /// Lets the flows that use a published one follow it, when it says so (<c>options.autoUpdateConsumingWorkflows</c>), and
    /// those that use them: a consumer whose newest version is published gets a new one that is published too, else its draft is changed.
    /// </summary>
    /// <param name="except">Flows that are left as they are: they come in together with the published one.</param>
    private async Task<IReadOnlyList<string>> UpdateConsumersAsync(FlowsDb db, FlowVersionRow published, HashSet<string> except, CancellationToken cancellation)
    {
        var updated = new List<string>();
        if (!FlowConsumers.Follow(FlowFile.ReadOne(published.Json))) return updated;
        var open = new Queue<FlowVersionRow>([published]);
        var seen = new HashSet<string>(except) { published.DefinitionId };
        while (open.TryDequeue(out var used))
        {
            foreach (var (head, latest, flow) in await FlowConsumers.OfAsync(db, used, cancellation))
            {
                if (!seen.Add(head.DefinitionId)) continue;
                var next = await SaveDraftAsync(db, head, latest, flow, cancellation);
                updated.Add(head.DefinitionId);
                if (!latest.IsPublished || inspection.Of(flow).Any(problem => problem.Level == ProblemLevel.Error)) continue;
                await PublishAsync(db, head, next, cancellation);
                open.Enqueue(next);
            }
        }
        return updated;
    }

    /// <summary>Takes the flow out of use: nothing starts it any more, and what uses it does not find it. Its versions stay.</summary>
    /// <exception cref="RequestFault">404.</exception>
    public async Task<FlowSaved> UnpublishAsync(string definitionId, CancellationToken cancellation)
    {
        var saved = await databases.InTransactionAsync(db => UnpublishAsync(db, definitionId, cancellation), cancellation);
        triggers.Tell();
        return saved;
    }

    private async Task<FlowSaved> UnpublishAsync(FlowsDb db, string definitionId, CancellationToken cancellation)
    {
        var head = await db.Set<FlowRow>().FindAsync([definitionId], cancellation) ?? throw NoFlow(definitionId);
        var versions = await db.Set<FlowVersionRow>().Where(row => row.DefinitionId == definitionId).ToListAsync(cancellation);
        foreach (var version in versions) version.IsPublished = false;
        head.PublishedVersion = null;
        triggers.Replace(db, head, null);
        await db.SaveChangesAsync(cancellation);
        return Saved(versions.MaxBy(version => version.Version)!);
    }

    /// <summary>A version, with the problems that it has now.</summary>
    public async Task<FlowSaved> SavedAsync(string definitionId, int version, CancellationToken cancellation) =>
        await FindAsync(definitionId, version, cancellation) is { } row ? Saved(row) : throw NoFlow(definitionId);

    public async Task<bool> DeleteAsync(string definitionId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await db.Set<FlowVersionRow>().Where(row => row.DefinitionId == definitionId).ExecuteDeleteAsync(cancellation);
        TriggerIndex.Remove(db, definitionId);
        var isGone = await db.Set<FlowRow>().Where(row => row.DefinitionId == definitionId).ExecuteDeleteAsync(cancellation) > 0;
        triggers.Tell();
        return isGone;
    }

    /// <summary>The version's JSON with what the store knows: version, ids, latest and published.</summary>
    public static FlowDefinition Definition(FlowVersionRow row, bool isLatest = true)
    {
        var flow = FlowFile.ReadOne(row.Json);
        flow.Json["version"] = row.Version;
        flow.Json["isLatest"] = isLatest;
        flow.Json["isPublished"] = row.IsPublished;
        return flow;
    }

    public static string Tag(FlowVersionRow row) => Tag(row.Version, row.Digest);

    private static string Tag(int version, string digest) => $"\"{version}-{digest[..16]}\"";

    /// <summary>Of the newest version, without reading it; null when there is none.</summary>
    public async Task<string?> TagAsync(string definitionId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Set<FlowVersionRow>().Where(row => row.DefinitionId == definitionId).OrderByDescending(row => row.Version)
            .Select(row => new { row.Version, row.Digest }).FirstOrDefaultAsync(cancellation) is { } newest ? Tag(newest.Version, newest.Digest) : null;
    }

    /// <summary>Before anything is written that belongs to flows with these ids, which are the whole server's.</summary>
    /// <exception cref="RequestFault">409: one of them is in a project that is not seen here.</exception>
    public async Task DemandFreeAsync(IReadOnlyCollection<string> definitionIds, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await DemandFreeAsync(db, definitionIds, cancellation);
    }

    private static async Task DemandFreeAsync(FlowsDb db, IReadOnlyCollection<string> definitionIds, CancellationToken cancellation)
    {
        if (Sight.Current.Projects is not { } seen) return;
        if (await db.Set<FlowRow>().IgnoreQueryFilters().Where(row => definitionIds.Contains(row.DefinitionId) && !seen.Contains(row.ProjectId)).Select(row => row.DefinitionId).FirstOrDefaultAsync(cancellation) is { } taken)
            throw new RequestFault($"The id '{taken}' cannot be used here: give the flow another one.", StatusCodes.Status409Conflict);
    }

    public static RequestFault NoFlow(string definitionId) => new($"There is no flow '{definitionId}'.", StatusCodes.Status404NotFound);

    private FlowSaved Saved(FlowVersionRow row) =>
        new(row.DefinitionId, row.Version, Tag(row), inspection.Of(FlowFile.ReadOne(row.Json)));

    private static void Demand(string ifMatch, FlowVersionRow? latest)
    {
        if (latest is null) throw new RequestFault("The flow was deleted in between.", StatusCodes.Status412PreconditionFailed);
        if (ifMatch != "*" && Tag(latest) != ifMatch)
            throw new RequestFault($"The flow was saved by somebody else in between: it is now at {Tag(latest)}.", StatusCodes.Status412PreconditionFailed);
    }

    private static FlowVersionRow NewVersion(FlowRow head, int version) =>
        new() { DefinitionId = head.DefinitionId, ProjectId = head.ProjectId, Version = version, Json = "", Digest = "" };

    private void Write(FlowRow head, FlowVersionRow version, FlowDefinition flow)
    {
        version.Json = flow.Json.ToJsonString(ContractJson.Options);
        version.VersionId = flow.Id;
        version.Digest = RunStore.Digest(version.Json);
        version.At = head.UpdatedAt = time.GetUtcNow();
        (head.Name, head.Description, head.LatestVersion) = (flow.Name, flow.Description, version.Version);
        head.ActivityType = FlowGraph.ActivityTypeOf(flow);
        var mark = LibraryMark.Of(flow);
        (head.LibraryId, head.LibraryVersion) = (mark?.Id, mark?.Version);
        head.Nodes = flow.CountNodes();
    }

    private static FlowSummary Summary(FlowRow row) => new(row.DefinitionId, row.Name, row.Description)
    {
        LatestVersion = row.LatestVersion,
        PublishedVersion = row.PublishedVersion,
        HasDraft = row.PublishedVersion != row.LatestVersion,
        ProjectId = row.ProjectId,
        Author = row.Author,
        UpdatedAt = row.UpdatedAt,
        Nodes = row.Nodes,
    };
}
