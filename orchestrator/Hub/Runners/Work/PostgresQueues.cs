using Flows.Hub.Storage;
using Hangfire;
using Hangfire.PostgreSql;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Runners;

/// <summary>Hangfire's tables, in a schema of their own of the storage's database.</summary>
public static class PostgresQueues
{
    public const string Schema = "flows_hangfire";

    /// <param name="creates">Makes or migrates the schema: the orchestrator does, a runner's role need not be able to.</param>
    public static JobStorage Open(string connection, bool creates) => new PostgreSqlStorage(new Hangfire.PostgreSql.Factories.NpgsqlConnectionFactory(connection, Options(creates)), Options(creates));

    /// <summary>Drops what is in a queue that nobody listens to any more: Hangfire itself would keep it for ever. Where a job of it is still wanted, its row of <c>step_jobs</c> says so.</summary>
    public static async Task ClearAsync(FlowsDb db, string queue, CancellationToken cancellation)
    {
        if (!db.IsShared) return;
        await db.Database.ExecuteSqlAsync($"""
            WITH dropped AS (DELETE FROM flows_hangfire.jobqueue WHERE queue = {queue} RETURNING jobid)
            DELETE FROM flows_hangfire.job WHERE id IN (SELECT jobid FROM dropped)
            """, cancellation);
    }

    // Its defaults look at a queue every 15 s, start a job that takes longer than half an hour a second time, and let a worker wait 10 minutes
    // for the lock of one that was killed. Locks are held for milliseconds; one that is taken from somebody slow costs that a repetition.
    private static PostgreSqlStorageOptions Options(bool creates) => new()
    {
        SchemaName = Schema,
        PrepareSchemaIfNecessary = creates,
        EnableLongPolling = true,
        QueuePollInterval = TimeSpan.FromSeconds(1),
        UseSlidingInvisibilityTimeout = true,
        InvisibilityTimeout = TimeSpan.FromSeconds(30),
        DistributedLockTimeout = TimeSpan.FromSeconds(5),
        JobExpirationCheckInterval = TimeSpan.FromMinutes(5),
    };
}
