namespace Flows.Hub.Storage;

/// <summary>
/// One thread writes; each commit takes everything that waits, and then wakes all that waited for it. A fault that
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
    private readonly WriteTurn _turn;
    private readonly bool _isDirect;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<(T Item, TaskCompletionSource Done)> _waiting = [];
    private bool _closed;
    private bool _isWriting;

    /// <param name="turn">Taken for each commit: the same for all writers of this process to one file. Null: one of its own.</param>
    /// <param name="isDirect">Whoever adds an item while nothing waits, here or in the thread pool, commits it himself: so two hand-overs between threads are saved. The commit then runs in the midst of that one's work, and sees what belongs to it.</param>
    public GroupCommit(string name, Action<IReadOnlyList<T>> commit, WriteTurn? turn = null, bool isDirect = false)
    {
        (_commit, _turn, _isDirect) = (commit, turn ?? new WriteTurn(), isDirect);
        _thread = new Thread(Write) { IsBackground = true, Name = name };
        // Not on behalf of whoever asked first.
        _thread.UnsafeStart();
    }

    /// <summary>The last commit found no room on the disk, and is being tried again.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Completes when the item is committed; throws what the commit threw.</summary>
    public Task AddAsync(T item) => CommitDirectly(item) ?? AddAll([item])[0];

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
        // Nothing is committed directly any more, once what was begun has ended.
        lock (_turn.Gate) { }
        _closing.Dispose();
        _arrived.Dispose();
    }

    // Null: the thread does it, which waits out what passes, and takes what is added in the midst of a commit. A loop that never comes back to the pool thus makes room as soon as anybody needs it.
    private Task? CommitDirectly(T item)
    {
        if (!_isDirect || ThreadPool.PendingWorkItemCount > 0 || _turn.Gate.IsHeldByCurrentThread || !_turn.Gate.TryEnter()) return null;
        try
        {
            if (!IsIdle()) return null;
            _commit([item]);
            return Task.CompletedTask;
        }
        catch (Exception broken) { return PassingFault.Is(broken) ? null : Task.FromException(broken); }
        finally { _turn.Gate.Exit(); }
    }

    private bool IsIdle()
    {
        lock (_gate) return !_closed && !_isWriting && _waiting.Count == 0;
    }

    private void Write()
    {
        while (true)
        {
            _arrived.Wait();
            List<(T Item, TaskCompletionSource Done)> batch;
            // Whatever comes while another commits goes with this one.
            lock (_turn.Gate) batch = Take();
            if (batch.Count > 0) Commit(batch);
            else if (_closed) break;
            lock (_gate) _isWriting = false;
        }
        _ended.SetResult();
    }

    private List<(T Item, TaskCompletionSource Done)> Take()
    {
        lock (_gate)
        {
            var batch = _waiting;
            (_waiting, _isWriting) = ([], batch.Count > 0);
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
                lock (_turn.Gate) _commit(items);
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
