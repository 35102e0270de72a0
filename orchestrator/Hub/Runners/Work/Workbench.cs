using System.Collections.Concurrent;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Engine;
using Flows.Hub.Storage;
using LogLevel = Flows.Contract.Activities.LogLevel;

namespace Flows.Hub.Runners;

/// <summary>Carries out the jobs of one runner, on the server's machine or another.</summary>
public sealed class Workbench(IRunnerLink link, StepContexts contexts, StepExecutor executor, IHostApplicationLifetime lifetime)
{
    // More than a script is given to end by itself.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>How long one job of a chunk may hold up those behind it.</summary>
    private static readonly TimeSpan ChunkLimit = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Held> _held = [];

    /// <summary>Keys of the jobs that it has.</summary>
    public IReadOnlyCollection<string> Jobs => [.. _held.Keys];

    /// <summary>What it is given from now on it gives back.</summary>
    public bool Drains { get; set; }

    /// <summary>Ends a job that was cancelled; its activity ends its own process group.</summary>
    public void Stop(string key)
    {
        if (_held.TryGetValue(key, out var held)) held.Stop(returns: false);
    }

    /// <summary>The same for every attempt of a step's job.</summary>
    public void StopJob(string jobId)
    {
        foreach (var key in _held.Keys.Where(key => key.StartsWith(jobId + "/", StringComparison.Ordinal))) Stop(key);
    }

    /// <summary>Ends what is under way and gives it back, as the runner has to go.</summary>
    public void ReturnAll()
    {
        foreach (var held in _held.Values) held.Stop(returns: true);
    }

    /// <summary>Ends when what it has now has ended, or was given back.</summary>
    public Task UntilEmptyAsync() => Task.WhenAll(_held.Values.Select(held => held.Ended));

    /// <summary>Takes the jobs up, one after the other; ends when they have ended or were given back, and says how many there were.</summary>
    /// <param name="taken">Called when they are this runner's.</param>
    public async Task<int> CarryOutAsync(IReadOnlyList<string> keys, Action? taken = null)
    {
        var fresh = keys.Where(Reserve).ToList();
        if (fresh.Count == 0) return 0;
        var mine = await TakeAsync(fresh);
        if (mine.Count > 0) taken?.Invoke();
        var count = mine.Count;
        for (var i = 0; i < mine.Count; i++)
        {
            var work = CarryOutAsync(mine[i].Job, mine[i].Held);
            if (!work.IsCompleted && i + 1 < mine.Count && await Task.WhenAny(work, Task.Delay(ChunkLimit)) != work)
            {
                foreach (var (job, _) in mine.Skip(i + 1)) GiveBack(job);
                mine.RemoveRange(i + 1, mine.Count - i - 1);
            }
            await work;
        }
        return count;
    }

    // A job may be handed over twice, by its queue and by a heartbeat: the second time it is here already, or has ended.
    private bool Reserve(string key)
    {
        if (!_held.TryAdd(key, new Held())) return false;
        if (!link.Undelivered.Contains(key)) return true;
        Release(key);
        return false;
    }

    private async Task<List<(StepAssignment Job, Held Held)>> TakeAsync(List<string> reserved)
    {
        var mine = new List<(StepAssignment Job, Held Held)>();
        try
        {
            foreach (var job in await link.TakeAsync(reserved, lifetime.ApplicationStopping)) mine.Add((job, _held.GetOrAdd(job.Key, _ => new Held())));
            return mine;
        }
        finally
        {
            foreach (var key in reserved.Except(mine.Select(job => job.Job.Key))) Release(key);
        }
    }

    private void Release(string key)
    {
        if (_held.TryRemove(key, out var held)) held.Dispose();
    }

    private void GiveBack(StepAssignment job)
    {
        link.Report(new StepReport.Returned(job.Key, HasBegun: false));
        Release(job.Key);
    }

    private async Task CarryOutAsync(StepAssignment job, Held held)
    {
        await EndEarlierAsync(job);
        try { link.Report(await CleanedAsync(job, held)); }
        finally { Release(job.Key); }
    }

    // All attempts of a step work in the same folder, and an earlier one counts no more: it has to be dead first.
    private async Task EndEarlierAsync(StepAssignment job)
    {
        foreach (var (key, earlier) in _held)
        {
            if (JobKey.Parse(key) is not { } other || other.StepId != job.StepId || other.Attempt >= job.Attempt) continue;
            earlier.Stop(returns: false);
            await earlier.Ended;
        }
    }

    // Before anybody is told: the step's next attempt may come to this runner at once, and has the same folder.
    private async Task<StepReport> CleanedAsync(StepAssignment job, Held held)
    {
        try { return await ReportOfAsync(job, held); }
        finally { contexts.Clean(job.StepId); }
    }

    private async Task<StepReport> ReportOfAsync(StepAssignment job, Held held)
    {
        if (held is { IsStopped: true, IsReturned: false }) return new StepReport.Stopped(job.Key);
        if (Drains || held.IsStopped || lifetime.ApplicationStopping.IsCancellationRequested) return new StepReport.Returned(job.Key, HasBegun: false);
        using var stopped = CancellationTokenSource.CreateLinkedTokenSource(held.Token, lifetime.ApplicationStopping);
        var began = executor.Time.GetTimestamp();
        link.Report(new StepReport.Begun(job.Key));
        try
        {
            var result = await RunAsync(job, stopped.Token);
            return new StepReport.Ended(job.Key, result with { Inputs = result.Inputs ?? job.Inputs }, executor.Time.GetElapsedTime(began).TotalSeconds);
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested)
        {
            return held.IsStopped && !held.IsReturned ? new StepReport.Stopped(job.Key) : new StepReport.Returned(job.Key, HasBegun: true);
        }
        catch (StepLost lost)
        {
            return new StepReport.Returned(job.Key, HasBegun: true) { Lost = lost.Message };
        }
        catch (Exception broken)
        {
            return new StepReport.Ended(job.Key, new StepResult { Inputs = job.Inputs, Fault = $"{broken.GetType().Name}: {broken.Message}" }, executor.Time.GetElapsedTime(began).TotalSeconds);
        }
    }

    private async Task<StepResult> RunAsync(StepAssignment job, CancellationToken stopped)
    {
        using var own = new Sight(job.ProjectId, job.Author, [job.ProjectId]).Enter();
        // What cannot be stopped in its middle (a training) keeps its place until it ends, unless the whole program does.
        using var given = new CancellationTokenSource();
        using var up = lifetime.ApplicationStopping.Register(() => given.CancelAfter(Patience));
        var activity = new FlowActivity(job.Activity);
        var context = contexts.For(job, new StepLog(link, job.Key));
        return await new TimeLimit(activity, context.Time)
            .RunAsync(token => executor.RunAsync(activity.Type, job.Inputs, context, token), stopped).WaitAsync(given.Token);
    }

    /// <summary>A job that it has, and how it is told to end.</summary>
    private sealed class Held : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Nothing of it runs any more.</summary>
        public Task Ended => _ended.Task;

        public CancellationToken Token => _stop.Token;

        public bool IsStopped { get; private set; }

        public bool IsReturned { get; private set; }

        public void Stop(bool returns)
        {
            if (IsStopped) return;
            (IsReturned, IsStopped) = (returns, true);
            try { _stop.Cancel(); }
            catch (ObjectDisposedException) { /* it has ended meanwhile */ }
        }

        public void Dispose()
        {
            _stop.Dispose();
            _ended.TrySetResult();
        }
    }

    private sealed class StepLog(IRunnerLink link, string key) : IStepLog
    {
        public void Write(LogLevel level, string text) => link.Report(new StepReport.Logged(key, level, text));

        public void Progress(double share, string? text = null) => link.Report(new StepReport.Progressed(key, share, text));
    }
}
