using System.Threading.Channels;
using Flows.Contract.Runs;

namespace Flows.Hub.Runs;

/// <summary>Something that happened to a run, for those who watch it live.</summary>
/// <param name="Kind"><c>step, run, line</c>.</param>
public sealed record RunNews(long Seq, string Kind, object Data);

/// <summary>Hands news of one run to its watchers. A watcher that is too slow loses its place and starts over with a snapshot; the run never waits.</summary>
public sealed class RunFeed
{
    private const int Patience = 5_000;

    private readonly Lock _gate = new();
    private readonly List<Channel<RunNews>> _watchers = [];
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _seq;
    private bool _ended;

    /// <summary>Whether anybody looks: news that nobody reads need not be made.</summary>
    public bool IsWatched
    {
        get { lock (_gate) return _watchers.Count > 0; }
    }

    /// <summary>Ends when no more news come from here.</summary>
    public Task Closed => _closed.Task;

    public void Publish(IReadOnlyList<(string Kind, object Data)> news)
    {
        foreach (var (kind, data) in news) Publish(kind, data is StepRecord step ? LargeValues.Cut(step) : data);
    }

    public void Publish(string kind, object data)
    {
        lock (_gate)
        {
            if (_watchers.Count == 0) return;
            var news = new RunNews(++_seq, kind, data);
            _watchers.RemoveAll(watcher => !watcher.Writer.TryWrite(news) && watcher.Writer.TryComplete());
        }
    }

    public void End(RunSummary summary)
    {
        Publish("run", summary);
        Close();
    }

    /// <summary>No more news from here; watchers look where the run is now.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _ended = true;
            foreach (var watcher in _watchers) watcher.Writer.TryComplete();
            _watchers.Clear();
        }
        _closed.TrySetResult();
    }

    /// <summary>News from now on; completes at the run's end or when the watcher fell behind.</summary>
    public ChannelReader<RunNews> Watch()
    {
        var watcher = Channel.CreateBounded<RunNews>(new BoundedChannelOptions(Patience) { SingleReader = true });
        lock (_gate)
        {
            if (_ended) watcher.Writer.TryComplete();
            else _watchers.Add(watcher);
        }
        return watcher.Reader;
    }

    public void Leave(ChannelReader<RunNews> reader)
    {
        lock (_gate) _watchers.RemoveAll(watcher => watcher.Reader == reader);
    }
}
