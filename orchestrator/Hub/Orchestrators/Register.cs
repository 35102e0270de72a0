using System.Globalization;
using Flows.Hub.Runners;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Orchestrators;

/// <summary>The table of orchestrators. Only the database's clock counts.</summary>
public sealed class Register(IDbContextFactory<FlowsDb> databases, Orchestrator self, HubAddress address, HubOptions options)
{
    // How long a dead one stays in the list, for those who look what became of it.
    private static readonly TimeSpan Remembrance = TimeSpan.FromMinutes(10);

    /// <summary>Whether other processes may be in the register too.</summary>
    public bool IsShared { get; } = IsSharedBy(databases);

    /// <summary>Now, as <see cref="DateTimeOffset.UtcTicks"/>, in the database's own words.</summary>
    public string Now { get; } = IsSharedBy(databases)
        ? "((extract(epoch FROM clock_timestamp()) * 10000000)::bigint + 621355968000000000)"
        : "CAST((julianday('now') - 1721425.5) * 864000000000 AS INTEGER)";

    /// <summary>Enters this process. Whoever had the same data folder before is dead, whatever its last sign of life says.</summary>
    public async Task EnterAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await db.Set<OrchestratorRow>().Where(row => row.Home == self.Home && row.Id != self.Id).ExecuteDeleteAsync(cancellation);
        var enter = $$"""
            INSERT INTO orchestrators ("Id", "Url", "Home", "Machine", "Version", "StartedAt", "SeenAt", "ProjectId", "Author")
            VALUES ({0}, {1}, {2}, {3}, {4}, {{Now}}, {{Now}}, 'default', 'local')
            ON CONFLICT ("Id") DO UPDATE SET "SeenAt" = excluded."SeenAt"
            """;
        await db.Database.ExecuteSqlRawAsync(enter, [self.Id, address.Url, self.Home, Environment.MachineName, Orchestrator.Version], cancellation);
    }

    /// <summary>Gives a sign of life. Says how long the last one was ago when this one came (null: the row was gone), and who else is alive.</summary>
    public async Task<SignOfLife> RenewAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var renew = $$"""
            WITH earlier AS (SELECT "SeenAt" FROM orchestrators WHERE "Id" = {0} FOR UPDATE)
            UPDATE orchestrators SET "SeenAt" = {{Now}}, "Url" = {1} FROM earlier WHERE "Id" = {0} RETURNING {{Now}} - earlier."SeenAt" AS "Value"
            """;
        var gaps = await db.Database.SqlQueryRaw<long>(renew, self.Id, address.Url).ToListAsync(cancellation);
        if (gaps.Count == 0) await EnterAsync(cancellation);
        return new SignOfLife(gaps.Count == 0 ? null : TimeSpan.FromTicks(gaps[0]), (await AliveAsync(cancellation)).Count(row => row.Id != self.Id));
    }

    public async Task LeaveAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await db.Set<OrchestratorRow>().Where(row => row.Id == self.Id).ExecuteDeleteAsync(cancellation);
    }

    /// <summary>Those that gave a sign of life in time.</summary>
    public Task<IReadOnlyList<OrchestratorRow>> AliveAsync(CancellationToken cancellation) => SeenWithinAsync(options.Orchestrators.DeadAfter, cancellation);

    /// <summary>Forgets those that have been dead for long.</summary>
    public async Task ForgetAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var forget = $"""DELETE FROM orchestrators WHERE "SeenAt" < {Now} - {Ticks(Remembrance)}""";
        await db.Database.ExecuteSqlRawAsync(forget, cancellation);
    }

    /// <summary>All that are remembered, with whether they are alive.</summary>
    public async Task<IReadOnlyList<(OrchestratorRow Row, bool IsAlive)>> AllAsync(CancellationToken cancellation)
    {
        var alive = (IsShared ? await AliveAsync(cancellation) : []).Select(row => row.Id).Append(self.Id).ToHashSet();
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return [.. (await db.Set<OrchestratorRow>().AsNoTracking().OrderBy(row => row.StartedAt).ToListAsync(cancellation)).Select(row => (row, alive.Contains(row.Id)))];
    }

    /// <summary>A duration in SQL.</summary>
    public static string Ticks(TimeSpan time) => time.Ticks.ToString(CultureInfo.InvariantCulture);

    private async Task<IReadOnlyList<OrchestratorRow>> SeenWithinAsync(TimeSpan time, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var seen = $"""SELECT * FROM orchestrators WHERE "SeenAt" > {Now} - {Ticks(time)}""";
        return await db.Set<OrchestratorRow>().FromSqlRaw(seen).AsNoTracking().ToListAsync(cancellation);
    }

    private static bool IsSharedBy(IDbContextFactory<FlowsDb> databases)
    {
        using var db = databases.CreateDbContext();
        return db.IsShared;
    }
}

/// <param name="SinceLast">Null: it was taken for dead and forgotten.</param>
/// <param name="Others">Other orchestrators that are alive.</param>
public sealed record SignOfLife(TimeSpan? SinceLast, int Others);
