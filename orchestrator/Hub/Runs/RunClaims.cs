using Flows.Contract.Runs;
using Flows.Hub.Orchestrators;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Runs;

/// <summary>Whose a run is, in the database: <see cref="RunRow.OwnerId"/>. The journal has the last word; this only says who is to try.</summary>
public sealed class RunClaims(IDbContextFactory<FlowsDb> databases, Register register, Orchestrator self, HubOptions options)
{
    /// <summary>Runs that are taken at once; the others get their share meanwhile.</summary>
    public const int Batch = 50;

    /// <summary>Takes unfinished runs that nobody has, oldest first.</summary>
    /// <param name="judge">Also those whose owner is in the register without a sign of life in time.</param>
    public async Task<IReadOnlyList<RunRow>> TakeAsync(bool judge, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var silent = judge ? $"""AND o."SeenAt" > {register.Now} - {Register.Ticks(options.Orchestrators.DeadAfter)}""" : "";
        var take = $$"""
            UPDATE runs SET "OwnerId" = {0} WHERE "Id" IN (
                SELECT r."Id" FROM runs r
                WHERE r."Status" = {1} AND (r."OwnerId" IS NULL OR (r."OwnerId" <> {0} AND NOT EXISTS (SELECT 1 FROM orchestrators o WHERE o."Id" = r."OwnerId" {{silent}})))
                ORDER BY r."Id" LIMIT {{Batch}} {{(db.IsShared ? "FOR UPDATE SKIP LOCKED" : "")}})
            RETURNING *
            """;
        return await db.Set<RunRow>().FromSqlRaw(take, self.Id, (int)RunStatus.Running).IgnoreQueryFilters().AsNoTracking().ToListAsync(cancellation);
    }

    /// <summary>Unfinished runs of this orchestrator that are not interrupted.</summary>
    public async Task<IReadOnlyList<string>> OwnAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Set<RunRow>().Where(row => row.Status == RunStatus.Running && row.OwnerId == self.Id && row.SubStatus != RunSubStatus.Interrupted)
            .Select(row => row.Id).ToListAsync(cancellation);
    }

    /// <summary>Leaves all runs to the others.</summary>
    public async Task<int> HandOverAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Set<RunRow>().Where(row => row.Status == RunStatus.Running && row.OwnerId == self.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.OwnerId, (string?)null), cancellation);
    }
}
