using Hangfire;
using Hangfire.PostgreSql;

namespace Flows.Hub.Runners;

/// <summary>Hangfire's tables, in a schema of their own of the storage's database.</summary>
internal static class PostgresQueues
{
    public const string Schema = "flows_hangfire";

    /// <param name="creates">Makes or migrates the schema: the orchestrator does, a runner's role need not be able to.</param>
    public static JobStorage Open(string connection, bool creates) => new PostgreSqlStorage(new Hangfire.PostgreSql.Factories.NpgsqlConnectionFactory(connection, Options(creates)), Options(creates));

    // Its defaults look at a queue every 15 s, and start a job that takes longer than half an hour a second time.
    private static PostgreSqlStorageOptions Options(bool creates) => new()
    {
        SchemaName = Schema,
        PrepareSchemaIfNecessary = creates,
        EnableLongPolling = true,
        QueuePollInterval = TimeSpan.FromSeconds(1),
        UseSlidingInvisibilityTimeout = true,
        InvisibilityTimeout = TimeSpan.FromSeconds(30),
        JobExpirationCheckInterval = TimeSpan.FromMinutes(5),
    };
}
