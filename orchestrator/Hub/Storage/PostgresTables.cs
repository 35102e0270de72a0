using Npgsql;

namespace Flows.Hub.Storage;

/// <summary>Tables beside those of <see cref="FlowsDb"/>: they are only appended to, and their statements are written by hand.</summary>
internal static class PostgresTables
{
    // Any number, the same in every orchestrator: two that start at once do not both make the table.
    private const long CreationLock = 0x666c6f7773;

    public static void Create(NpgsqlDataSource source, string statement)
    {
        using var connection = source.OpenConnection();
        using var transaction = connection.BeginTransaction();
        using var create = new NpgsqlCommand($"SELECT pg_advisory_xact_lock({CreationLock}); {statement}", connection, transaction);
        create.ExecuteNonQuery();
        transaction.Commit();
    }
}
