using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Runs;

/// <summary>Rows of runs and the definitions they started with.</summary>
public sealed class RunStore(IDbContextFactory<FlowsDb> databases)
{
    /// <summary>Writes the run down; its definition is stored once per content.</summary>
    public async Task AddAsync(RunRow row, FlowDefinition definition)
    {
        await using var db = await databases.CreateDbContextAsync();
        if (!await db.Set<RunDefinitionRow>().AnyAsync(known => known.Digest == row.DefinitionDigest))
            db.Add(new RunDefinitionRow { Digest = row.DefinitionDigest, Json = definition.Json.ToJsonString(ContractJson.Options) });
        db.Add(row);
        await db.SaveChangesAsync();
    }

    public async Task<RunRow?> FindAsync(string id, CancellationToken cancellation = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Set<RunRow>().AsNoTracking().FirstOrDefaultAsync(row => row.Id == id, cancellation);
    }

    public async Task<FlowDefinition> DefinitionAsync(string digest)
    {
        await using var db = await databases.CreateDbContextAsync();
        return FlowFile.ReadOne((await db.Set<RunDefinitionRow>().AsNoTracking().SingleAsync(row => row.Digest == digest)).Json);
    }

    public async Task MarkAsync(string id, RunStatus status, RunSubStatus subStatus, RunRecord? finished)
    {
        await using var db = await databases.CreateDbContextAsync();
        var record = finished is null ? null : JsonSerializer.Serialize(finished, ContractJson.Options);
        await db.Set<RunRow>().Where(row => row.Id == id).ExecuteUpdateAsync(set => set
            .SetProperty(row => row.Status, status)
            .SetProperty(row => row.SubStatus, subStatus)
            .SetProperty(row => row.FinishedAt, finished == null ? null : finished.FinishedAt)
            .SetProperty(row => row.Record, record));
    }

    /// <summary>Runs that a dead or stopped server left unfinished, oldest first.</summary>
    public async Task<IReadOnlyList<RunRow>> UnfinishedAsync()
    {
        await using var db = await databases.CreateDbContextAsync();
        return await db.Set<RunRow>().AsNoTracking().Where(row => row.Status == RunStatus.Running).OrderBy(row => row.Id).ToListAsync();
    }

    /// <summary>Newest first, at most 200.</summary>
    public async Task<IReadOnlyList<RunSummary>> ListAsync(RunFilter filter, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = db.Set<RunRow>().AsNoTracking();
        if (filter.DefinitionId is { } flow) rows = rows.Where(row => row.DefinitionId == flow);
        if (filter.Status is { } status) rows = rows.Where(row => row.Status == status);
        if (filter.SubStatus is { } subStatus) rows = rows.Where(row => row.SubStatus == subStatus);
        if (filter.After is { } after) rows = rows.Where(row => string.Compare(row.Id, after) < 0);
        // The record may be large: the list does not read it.
        return await rows.OrderByDescending(row => row.Id).Take(filter.Limit)
            .Select(row => new RunSummary(row.Id, row.DefinitionId, row.Name, row.Version, row.Status, row.SubStatus)
            {
                CreatedAt = row.CreatedAt, FinishedAt = row.FinishedAt, Author = row.Author, Trigger = row.Trigger,
            }).ToListAsync(cancellation);
    }

    public static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

/// <param name="Limit">1 to 200.</param>
public sealed record RunFilter(string? DefinitionId, RunStatus? Status, RunSubStatus? SubStatus, string? After, int Limit);
