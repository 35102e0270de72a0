using System.Data.Common;
using Npgsql;

namespace Flows.Hub.Storage;

/// <summary>Tells what passes (the database restarts, the network is gone, the disk is full) from what stays wrong however often it is tried.</summary>
public static class PassingFault
{
    /// <summary>Longest pause between two tries.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    public static bool Is(Exception broken)
    {
        if (DiskFull.Is(broken)) return true;
        for (var cause = broken; cause is not null; cause = cause.InnerException)
        {
            if (cause is DbException { IsTransient: true } or PostgresException { SqlState: ['5', '7', 'P', ..] }) return true;
        }
        return false;
    }

    /// <param name="attempt">From 0: 20 ms, then twice as long each time.</param>
    public static TimeSpan Pause(int attempt) =>
        TimeSpan.FromMilliseconds(Math.Min(20 << Math.Min(attempt, 10), LongestPause.TotalMilliseconds));
}
