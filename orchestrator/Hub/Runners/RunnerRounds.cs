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

    private async Task<bool> IsKnownAsync(string name, Heartbeat beat) =>
        await runners.BeatAsync(name, beat.Session, beat.Drains)
        || await jobs.ReviveAsync(name, beat.Session, RunnerRegistry.StatusOf(beat.Drains), [.. beat.Jobs.Select(JobKey.Parse).OfType<JobKey>()]);

    // What it should have. What was taken from it and nobody was given, it gets back.
    private async Task<IReadOnlyList<HeldJob>> HeldAsync(string name, Heartbeat beat)
    {
        var held = await jobs.HeldAsync(name, beat.Session);
        var lost = beat.Jobs.Select(JobKey.Parse).OfType<JobKey>().Except(held.Select(job => job.Key)).ToList();
        if (lost.Count == 0) return held;
        await jobs.RestoreAsync(name, beat.Session, lost);
        return await jobs.HeldAsync(name, beat.Session);
    }

    private async Task<HeartbeatAnswer> CompareAsync(string name, Heartbeat beat)
    {
        var (held, has, now) = (await HeldAsync(name, beat), beat.Jobs.ToHashSet(), time.GetUtcNow());
        var mine = held.Where(job => job.State == JobState.Placed).Select(job => job.Key.ToString()).ToHashSet();
        var missing = held.Where(job => !has.Contains(job.Key.ToString()) && (job.State == JobState.Cancelling || !beat.HasQueue || now - job.PlacedAt > QueueTime));
        return new HeartbeatAnswer([.. has.Where(key => !mine.Contains(key))], [.. missing.GroupBy(job => job.Chunk).Select(chunk => chunk.Select(job => job.Key.ToString()).ToList())]);
    }
}
