using System.Text.Json.Nodes;
using Flows.Contract.Activities;

namespace Flows.Engine;

/// <summary>Carries out steps: evaluates expressions over a run's state and runs the activity.</summary>
public sealed class StepExecutor(ActivityCatalog catalog, TimeProvider time)
{
    public ActivityCatalog Catalog { get; } = catalog;

    public TimeProvider Time { get; } = time;

    /// <summary>Evaluates the step's inputs by camelCase name; a failing expression is an <see cref="ActivityFault"/> that names the input.</summary>
    public JsonObject EvaluateInputs(RunState state, int step) => throw new NotImplementedException();

    /// <summary>Evaluates and runs an inline step. Never throws for what the activity did: faults are in the result.</summary>
    /// <param name="context">Makes the context of a class activity, given its evaluated inputs; not called for the engine's own activities.</param>
    public ValueTask<StepResult> ExecuteAsync(RunState state, int step, Func<JsonObject, ActivityContext> context, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Runs a class activity whose inputs are evaluated already: what a runner does with a job. Needs no run state.</summary>
    public Task<StepResult> RunAsync(string activityType, JsonObject inputs, ActivityContext context, CancellationToken cancellation) => throw new NotImplementedException();
}
