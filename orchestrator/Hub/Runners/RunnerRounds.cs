namespace Flows.Hub.Runners;

/// <summary>Answers heartbeats: compares what a runner has with what it should have, and says what to end and what to begin.</summary>
public sealed class RunnerRounds(RunnerRegistry runners, JobStore jobs, JobSignals signals, TimeProvider time)
{
    // A hand-over by the queue takes less; what is still missing then got lost on the way.
    private static readonly TimeSpan QueueTime = TimeSpan.FromSeconds(3);

    // How long an answer waits for something to say.
    private static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(1);

    /// <summary>Null: the runner is not known and has to register.</summary>
    public async Task<HeartbeatAnswer?> AnswerAsync(string name, Heartbeat beat, CancellationToken cancellation)
    {
        if (!await IsKnownAsync(name, beat)) return null;
        var given = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Wake(string runner) { if (runner == name) given.TrySetResult(); }
        void Cancelled(string job) { if (beat.Jobs.Any(key => key.StartsWith(job + "/", StringComparison.Ordinal))) given.TrySetResult(); }
        signals.Given += Wake;
        signals.Cancelled += Cancelled;
        try
        {
            var answer = await CompareAsync(name, beat);
            if (beat.Drains || answer.Stop.Count + answer.Start.Count > 0) return answer;
            await Task.WhenAny(given.Task, Task.Delay(LongPoll, time, cancellation));
            return await CompareAsync(name, beat);
        }
        finally
        {
            signals.Given -= Wake;
            signals.Cancelled -= Cancelled;
        }
    }

    /// <summary>The same, at once.</summary>
    public async Task<HeartbeatAnswer?> AnswerAtOnceAsync(string name, Heartbeat beat) => await IsKnownAsync(name, beat) ? await CompareAsync(name, beat) : null;

    // Before it counts as alive it gets back what it has, so that it is not given that as new; and after, what was taken from it until then.
    private async Task<bool> IsKnownAsync(string name, Heartbeat beat)
    {
        await RestoreAsync(name, beat);
        if (!await runners.BeatAsync(name, beat.Session, beat.Drains)) return false;
        await RestoreAsync(name, beat);
        return true;
    }

    private async Task RestoreAsync(string name, Heartbeat beat)
    {
        if (beat.Jobs.Count == 0) return;
        var held = (await jobs.HeldAsync(name, beat.Session)).Select(job => job.Key).ToHashSet();
        await jobs.RestoreAsync(name, beat.Session, [.. beat.Jobs.Select(JobKey.Parse).OfType<JobKey>().Where(key => !held.Contains(key))]);
    }

    private async Task<HeartbeatAnswer> CompareAsync(string name, Heartbeat beat)
    {
        var (held, has, now) = (await jobs.HeldAsync(name, beat.Session), beat.Jobs.ToHashSet(), time.GetUtcNow());
        var mine = held.Where(job => job.State == JobState.Placed).Select(job => job.Key.ToString()).ToHashSet();
        var missing = held.Where(job => !has.Contains(job.Key.ToString()) && (job.State == JobState.Cancelling || !beat.HasQueue || now - job.PlacedAt > QueueTime));
        return new HeartbeatAnswer([.. has.Where(key => !mine.Contains(key))], [.. missing.GroupBy(job => job.Chunk).Select(chunk => chunk.Select(job => job.Key.ToString()).ToList())]);
    }
}
