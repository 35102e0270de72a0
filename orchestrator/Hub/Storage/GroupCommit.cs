namespace Flows.Hub.Storage;

/// <summary>One writing thread; each commit takes everything that waits, and then wakes all that waited for it.</summary>
public sealed class GroupCommit<T> : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly Action<IReadOnlyList<T>> _commit;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<(T Item, TaskCompletionSource Done)> _waiting = [];
    private bool _closed;

    public GroupCommit(string name, Action<IReadOnlyList<T>> commit)
    {
        _commit = commit;
        _thread = new Thread(Write) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Completes when the item is committed; throws what the commit threw.</summary>
    public Task AddAsync(T item)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _waiting.Add((item, done));
            if (_waiting.Count == 1) _arrived.Release();
        }
        return done.Task;
    }

    /// <summary>Commits what waits, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_closed) return;
            _closed = true;
        }
        _arrived.Release();
        await _ended.Task;
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
            _commit([.. batch.Select(waiting => waiting.Item)]);
            foreach (var (_, done) in batch) done.SetResult();
        }
        catch (Exception broken) when (batch.Count == 1)
        {
            batch[0].Done.SetException(broken);
        }
        catch
        {
            // One bad item must not take the others down with it: each is tried alone.
            foreach (var one in batch) Commit([one]);
        }
    }
}
