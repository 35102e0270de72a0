using Microsoft.Data.Sqlite;
using Npgsql;

namespace Flows.Hub.Storage;

/// <summary>Tells that there is no room left for a file, in whatever words it is said.</summary>
public static class DiskFull
{
    private const int NoSpaceLeft = 28;
    private const int QuotaExceeded = 122;
    private const int SqliteFull = 13;
    // The file that readers share could not grow.
    private const int SqliteNoSharedMemory = 10 | (19 << 8);

    public static bool Is(Exception broken)
    {
        for (var cause = broken; cause is not null; cause = cause.InnerException)
        {
            if (cause is IOException { HResult: NoSpaceLeft or QuotaExceeded } or SqliteException { SqliteErrorCode: SqliteFull } or SqliteException { SqliteExtendedErrorCode: SqliteNoSharedMemory }
                or PostgresException { SqlState: PostgresErrorCodes.DiskFull }) return true;
        }
        return false;
    }
}
