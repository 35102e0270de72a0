using Npgsql;

namespace Flows.Hub.Storage;

/// <summary>
/// Keeps a second server off the same database: both would take up the same runs. A lock of the session, which
/// PostgreSQL releases when the process dies; it is not taken again after PostgreSQL itself has restarted.
/// </summary>
internal sealed class PostgresOwner(string connection) : IDisposable
{
    // Any number, the same in every server.
    private const long OwnerLock = 0x666c6f7774;

    // A killed server's session ends a moment after it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly NpgsqlConnection _session = new(new NpgsqlConnectionStringBuilder(connection) { ApplicationName = "flows owner", Pooling = false, KeepAlive = 30 }.ConnectionString);

    /// <exception cref="StorageFault">Another server has the database.</exception>
    public void Take()
    {
        _session.Open();
        var began = TimeProvider.System.GetTimestamp();
        for (var attempt = 0; !TryTake(); attempt++)
        {
            if (TimeProvider.System.GetElapsedTime(began) > Patience) throw new StorageFault("Another server uses this PostgreSQL database: one at a time.", null);
            Task.Delay(PassingFault.Pause(attempt)).Wait();
        }
    }

    public void Dispose() => _session.Dispose();

    private bool TryTake()
    {
        using var take = new NpgsqlCommand($"SELECT pg_try_advisory_lock({OwnerLock})", _session);
        return (bool)take.ExecuteScalar()!;
    }
}
