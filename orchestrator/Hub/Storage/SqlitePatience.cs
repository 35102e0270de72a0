using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using SQLitePCL;

namespace Flows.Hub.Storage;

/// <summary>
/// Lets SQLite itself wait for its one writer: it looks again after 1, 2, 5 … ms, where the library above it, told that the database
/// is busy, sleeps 150 ms each time. And lets it move what was written into the file less often: the pages of a run's start are those of the next.
/// </summary>
internal sealed class SqlitePatience : DbConnectionInterceptor
{
    private const int Milliseconds = 30_000;

    // 16 MB, as in the journal.
    private const int PagesBetweenCheckpoints = 4000;

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Tell(connection);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Tell(connection);
        return Task.CompletedTask;
    }

    // Calls, no statements: they cost nothing, also where the pool gives a connection that has it already.
    private static void Tell(DbConnection connection)
    {
        var database = ((SqliteConnection)connection).Handle;
        _ = raw.sqlite3_busy_timeout(database, Milliseconds);
        _ = raw.sqlite3_wal_autocheckpoint(database, PagesBetweenCheckpoints);
    }
}
