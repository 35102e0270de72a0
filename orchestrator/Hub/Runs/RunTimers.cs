using System.Collections.Concurrent;
using Flows.Engine;

namespace Flows.Hub.Runs;

/// <summary>Resumes bookmarks by the clock. Nothing is stored here: a bookmark's due time is in the run's journal.</summary>
public sealed class RunTimers(TimeProvider time) : IDisposable
{
    // A timer goes by the steady clock, a due time by the wall clock, which somebody may set: it is looked at again after this time.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, ITimer> _timers = [];

    public void Set(LiveRun run, string bookmarkId, DateTimeOffset due)
    {
        var wait = due - time.GetUtcNow();
        var timer = time.CreateTimer(_ => Fire(run, bookmarkId, due), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (_timers.TryAdd(bookmarkId, timer)) timer.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait < Longest ? wait : Longest, Timeout.InfiniteTimeSpan);
        else timer.Dispose();
    }

    public void Dispose()
    {
        foreach (var timer in _timers.Values) timer.Dispose();
    }

    private void Fire(LiveRun run, string bookmarkId, DateTimeOffset due)
    {
        if (_timers.TryRemove(bookmarkId, out var timer)) timer.Dispose();
        if (due > time.GetUtcNow()) Set(run, bookmarkId, due);
        else run.Post(new RunEvent.BookmarkResumed(bookmarkId));
    }
}
