using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using SQLitePCL;

namespace Flows.Hub.Storage;

/// <summary>
/// Lets SQLite itself wait for its one writer: it looks again after 1, 2, 5 … ms, where the library above it, told that the database
/// is busy, sleeps 150 ms each time.
/// </summary>
internal sealed class SqlitePatience : DbConnectionInterceptor
{
    private const int Milliseconds = 30_000;

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Wait(connection);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Wait(connection);
        return Task.CompletedTask;
    }

    // A call, no statement: it costs nothing, also where the pool gives a connection that has it already.
    private static void Wait(DbConnection connection) => raw.sqlite3_busy_timeout(((SqliteConnection)connection).Handle, Milliseconds);
}
