using Flows.Engine;
using Hangfire;

namespace Flows.Hub.Runners;

/// <summary>Carries out jobs on this machine. Called by Hangfire's workers, of which there are as many as the machine's capacity.</summary>
public sealed class LocalRunner(StepJobs jobs, StepContexts contexts, StepExecutor executor, IHostApplicationLifetime lifetime)
{
    public const string Name = "local";

    // More than a script is given to end by itself.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // A retry is the engine's decision, as a new attempt: Hangfire must not make one of its own.
    [AutomaticRetry(Attempts = 0)]
    public async Task RunAsync(string key)
    {
        if (jobs.Take(key) is not { } job) return;
        if (job.Abandoned.IsCancellationRequested)
        {
            jobs.Done(job);
            return;
        }
        using var stopped = CancellationTokenSource.CreateLinkedTokenSource(job.Abandoned, lifetime.ApplicationStopping);
        // What cannot be stopped in its middle (a training) keeps its place until it ends, unless the whole server does.
        using var given = new CancellationTokenSource();
        using var up = lifetime.ApplicationStopping.Register(() => given.CancelAfter(Patience));
        var stepId = job.Run.StepRecord(job.Step).StepId;
        try
        {
            job.Begun(Name);
            var context = contexts.For(job.Run, job.Step, stepId, job.Activity, job.Inputs);
            var result = await new TimeLimit(job.Activity, context.Time)
                .RunAsync(token => executor.RunAsync(job.Activity.Type, job.Inputs, context, token), stopped.Token).WaitAsync(given.Token);
            job.Ended(result with { Inputs = result.Inputs ?? job.Inputs });
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested) { }
        catch (Exception broken)
        {
            job.Ended(new StepResult { Inputs = job.Inputs, Fault = $"{broken.GetType().Name}: {broken.Message}" });
        }
        finally
        {
            jobs.Done(job);
            job.Run.Log.Close(stepId, job.Activity.Id);
            contexts.Clean(stepId);
        }
    }
}
