using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Engine;
using Flows.Hub.Runs;
using Hangfire;

namespace Flows.Hub.Runners;

/// <summary>Steps that are jobs: handed to Hangfire, taken up by this machine's runner. The runs' journals are the truth; a job that is lost is dispatched anew.</summary>
public sealed class StepJobs(IBackgroundJobClientV2 hangfire)
{
    private readonly ConcurrentDictionary<string, StepJob> _jobs = [];

    public int Open => _jobs.Count;

    public void Enqueue(LiveRun run, int step, int attempt, FlowActivity activity, JsonObject inputs)
    {
        var job = new StepJob(run, step, attempt, activity, inputs);
        _jobs[job.Key] = job;
        hangfire.Enqueue<LocalRunner>(runner => runner.RunAsync(job.Key));
    }

    public StepJob? Take(string key) => _jobs.GetValueOrDefault(key);

    public void Done(StepJob job) => _jobs.TryRemove(job.Key, out _);

    /// <summary>Cancels every attempt of a step; its activity ends its own process group.</summary>
    public void Abandon(string runId, int step)
    {
        foreach (var job in _jobs.Values.Where(job => job.Run.Row.Id == runId && job.Step == step)) job.Abandon();
    }
}

/// <summary>One attempt of one step, on its way to a runner.</summary>
public sealed class StepJob(LiveRun run, int step, int attempt, FlowActivity activity, JsonObject inputs)
{
    private readonly CancellationTokenSource _abandoned = new();

    public string Key { get; } = $"{run.Row.Id}/{step}/{attempt}";

    public LiveRun Run { get; } = run;

    public int Step { get; } = step;

    public FlowActivity Activity { get; } = activity;

    public JsonObject Inputs { get; } = inputs;

    public CancellationToken Abandoned => _abandoned.Token;

    public void Abandon() => _abandoned.Cancel();

    public void Begun(string runner) => Run.Post(new RunEvent.StepBegun(Step, attempt, runner) { Inputs = (JsonObject)Inputs.DeepClone() });

    public void Ended(StepResult result) => Run.Post(new RunEvent.StepEnded(Step, attempt, result));
}
