namespace Flows.Hub.Storage;

/// <summary>
/// One writing thread; each commit takes everything that waits, and then wakes all that waited for it. A fault that
/// passes is waited out, so that callers see a database's restart as a slow commit; a commit may thus be tried although
/// an earlier try reached the database, and has to be able to tell.
/// </summary>
public sealed class GroupCommit<T> : IAsyncDisposable
{
    private readonly Lock _gate = new();
    // How long a closing writer waits for a database that is away.
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _arrived = new(0);
    private readonly ManualResetEventSlim _closing = new();
    private readonly Action<IReadOnlyList<T>> _commit;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<(T Item, TaskCompletionSource Done)> _waiting = [];
    private bool _closed;

    public GroupCommit(string name, Action<IReadOnlyList<T>> commit)
    {
        _commit = commit;
        _thread = new Thread(Write) { IsBackground = true, Name = name };
        // Not on behalf of whoever asked first.
        _thread.UnsafeStart();
    }

    /// <summary>The last commit found no room on the disk, and is being tried again.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Completes when the item is committed; throws what the commit threw.</summary>
    public Task AddAsync(T item) => AddAll([item])[0];

    /// <summary>The same for several, which share a commit.</summary>
    public IReadOnlyList<Task> AddAll(IReadOnlyList<T> items)
    {
        if (items.Count == 0) return [];
        var added = items.Select(item => (Item: item, Done: new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))).ToList();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _waiting.AddRange(added);
            if (_waiting.Count == added.Count) _arrived.Release();
        }
        return added.ConvertAll(one => one.Done.Task);
    }

    /// <summary>Commits what waits, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_closed) return;
            _closed = true;
        }
        _closing.Set();
        _arrived.Release();
        await _ended.Task;
        _closing.Dispose();
        _arrived.Dispose();
    }

    private void Write()
    {
        while (true)
        {
            _arrived.Wait();
            var batch = Take();
            if (batch.Count > 0) Commit(batch);
            else if (_closed) break;
        }
        _ended.SetResult();
    }

    private List<(T Item, TaskCompletionSource Done)> Take()
    {
        lock (_gate)
        {
            var batch = _waiting;
            _waiting = [];
            return batch;
        }
    }

    private void Commit(List<(T Item, TaskCompletionSource Done)> batch)
    {
        try
        {
            CommitPatiently([.. batch.Select(waiting => waiting.Item)]);
            foreach (var (_, done) in batch) done.SetResult();
        }
        catch (Exception broken) when (batch.Count == 1)
        {
            batch[0].Done.SetException(broken);
        }
        catch (Exception broken) when (PassingFault.Is(broken))
        {
            foreach (var (_, done) in batch) done.SetException(broken);
        }
        catch
        {
            // One bad item must not take the others down with it: each is tried alone.
            foreach (var one in batch) Commit([one]);
        }
    }

    private void CommitPatiently(IReadOnlyList<T> items)
    {
        long? closedAt = null;
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                _commit(items);
                IsFull = false;
                return;
            }
            catch (Exception broken) when (PassingFault.Is(broken))
            {
                IsFull = DiskFull.Is(broken);
                if (_closing.IsSet && TimeProvider.System.GetElapsedTime(closedAt ??= TimeProvider.System.GetTimestamp()) > LastWait) throw;
                Pause(PassingFault.Pause(attempt));
            }
        }
    }

    // Closing cuts the pause short, once; then the last tries follow each other at the pace of the clock.
    private void Pause(TimeSpan pause)
    {
        if (!_closing.Wait(pause)) return;
        Task.Delay(PassingFault.Pause(3)).Wait();
    }
}
