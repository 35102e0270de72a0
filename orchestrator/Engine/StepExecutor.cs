using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Contract.Provenance;
using Flows.Contract.Secrets;
using Flows.Engine.Activities;
using Flows.Engine.Expressions;

namespace Flows.Engine;

/// <summary>Carries out steps: evaluates expressions over a run's state and runs the activity.</summary>
public sealed class StepExecutor(ActivityCatalog catalog, TimeProvider time, ExpressionLimits? limits = null)
{
    private readonly InputEvaluation _inputs = new(catalog, new ExpressionEvaluator(limits ?? new ExpressionLimits(), catalog.AllowsCSharp == true));

    public ActivityCatalog Catalog { get; } = catalog;

    public TimeProvider Time { get; } = time;

    /// <summary>
    /// Evaluates the step's inputs by camelCase name; a failing expression is an <see cref="ActivityFault"/> that names the input.
    /// A job that a runner had taken up before gets the inputs of that attempt: variables may have changed since.
    /// </summary>
    public JsonObject EvaluateInputs(RunState state, int step)
    {
        var at = state.StepAt(step);
        if (at is { Runner: not null, Inputs: { } given }) return (JsonObject)given.DeepClone();
        return _inputs.Evaluate(at.Node, new ExpressionScope(state, at));
    }

    internal JsonObject EvaluateInputs(Graph.Node node, ExpressionScope scope) => _inputs.Evaluate(node, scope);

    /// <summary>Evaluates and runs an inline step. Never throws for what the activity did: faults are in the result.</summary>
    /// <param name="context">Makes the context of a class activity, given its evaluated inputs; not called for the engine's own activities.</param>
    public ValueTask<StepResult> ExecuteAsync(RunState state, int step, Func<JsonObject, ActivityContext> context, CancellationToken cancellation)
    {
        var at = state.StepAt(step);
        var scope = new ExpressionScope(state, at);
        JsonObject? inputs = null;
        try
        {
            inputs = _inputs.Evaluate(at.Node, scope);
            if (Catalog.HasClass(at.Node.Type)) return new ValueTask<StepResult>(RunAsync(at.Node.Type, inputs, context(inputs), scope, cancellation));
            var result = OwnActivity.Run(new OwnActivityCall(at.Node, inputs, scope, _inputs, Time));
            return ValueTask.FromResult(Recorded(result, inputs, scope, _inputs));
        }
        catch (Exception broken) when (broken is not OperationCanceledException)
        {
            return ValueTask.FromResult(new StepResult { Inputs = inputs, Fault = Message(broken) });
        }
    }

    /// <summary>Runs a class activity whose inputs are evaluated already: what a runner does with a job. Needs no run state.</summary>
    /// <exception cref="StepLost">What carried it out was killed.</exception>
    public async Task<StepResult> RunAsync(string activityType, JsonObject inputs, ActivityContext context, CancellationToken cancellation)
    {
        try
        {
            if (!Catalog.HasClass(activityType)) throw new ActivityFault(OwnActivity.Unknown(activityType));
            var activity = Catalog.Create(activityType, await context.Secrets.OpenAsync(new FlowActivity(context.Activity), inputs, cancellation));
            await activity.RunAsync(context, cancellation);
            return Masked(ResultOf(activity, inputs, context), context.Secrets.Mask);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
        catch (StepLost lost) when (!context.Secrets.Mask.IsEmpty)
        {
            throw new StepLost(context.Secrets.Mask.Text(lost.Message));
        }
        catch (Exception broken) when (broken is not StepLost)
        {
            return Masked(Facts(new StepResult { Inputs = inputs, Fault = Message(broken) }, context), context.Secrets.Mask);
        }
    }

    private async Task<StepResult> RunAsync(string type, JsonObject inputs, ActivityContext context, ExpressionScope scope, CancellationToken cancellation) =>
        Recorded(await EndedAsync(type, inputs, context, cancellation), inputs, scope, _inputs);

    // No runner would place an inline step anew.
    private async Task<StepResult> EndedAsync(string type, JsonObject inputs, ActivityContext context, CancellationToken cancellation)
    {
        try { return await RunAsync(type, inputs, context, cancellation); }
        catch (StepLost lost) { return Facts(new StepResult { Inputs = inputs, Fault = lost.Message }, context); }
    }

    private static StepResult ResultOf(IActivity activity, JsonObject inputs, ActivityContext context)
    {
        var outputs = ActivityCatalog.Outputs(activity);
        foreach (var (name, value) in context.Outputs) outputs[name] = value?.DeepClone();
        return Facts(new StepResult { Inputs = inputs, Outputs = outputs, Outcomes = [.. context.Outcomes] }, context);
    }

    private static StepResult Facts(StepResult result, ActivityContext context) => result with
    {
        Metrics = context.Metrics.Count == 0 ? null : new Dictionary<string, double>(context.Metrics),
        Environment = context.Environment,
        Used = context.Used,
        Facts = context.Facts,
    };

    // Nothing that a step gives leaves here with a secret in it, on whatever machine that is.
    private static StepResult Masked(StepResult result, SecretMask mask) => mask.IsEmpty ? result : result with
    {
        Outputs = (JsonObject?)mask.Json(result.Outputs),
        Outcomes = [.. result.Outcomes.Select(mask.Text)],
        Metrics = result.Metrics?.DistinctBy(metric => mask.Text(metric.Key)).ToDictionary(metric => mask.Text(metric.Key), metric => metric.Value),
        Fault = result.Fault is { } fault ? mask.Text(fault) : null,
        Facts = result.Facts is { } facts ? mask.Json(JsonSerializer.SerializeToNode(facts, ContractJson.Options)).Deserialize<StepFacts>(ContractJson.Options) : null,
    };

    // A flow's author reads this: an unexpected exception says its kind, a fault speaks for itself.
    private static string Message(Exception broken) => broken is ActivityFault ? broken.Message : $"{broken.GetType().Name}: {broken.Message}";

    private static StepResult Recorded(StepResult result, JsonObject inputs, ExpressionScope scope, InputEvaluation evaluation) => result with
    {
        Inputs = inputs,
        Variables = Merged(scope.Written, result.Variables),
        CorrelationId = result.CorrelationId ?? scope.CorrelationId,
        Name = result.Name ?? scope.Name,
        Shown = scope.Step.Shown.Decide(inputs.Select(input => input.Key), (result.Outputs ?? []).Select(output => output.Key), rule => evaluation.TryEvaluate(rule, scope)),
    };

    private static JsonObject? Merged(JsonObject? first, JsonObject? second)
    {
        if (first is null || second is null) return second ?? first;
        foreach (var (id, value) in second) first[id] = value?.DeepClone();
        return first;
    }
}
