using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Engine.Expressions;
using Flows.Engine.Graph;

namespace Flows.Engine.Activities;

/// <summary>One execution of an activity of the engine's own: its evaluated inputs and what it may use.</summary>
internal sealed record OwnActivityCall(Node Node, JsonObject Inputs, ExpressionScope Scope, InputEvaluation Evaluation, TimeProvider Time)
{
    public string? Text(string name) => Inputs[name].AsText();

    /// <summary>The run was started by this very activity, so it need not wait.</summary>
    public bool IsTrigger => Scope.Run.IsTrigger(Scope.Step);
}

/// <summary>What Elsa's activities do once their inputs are known.</summary>
internal static class OwnActivity
{
    private static readonly Dictionary<string, Func<OwnActivityCall, StepResult>> Known = new()
    {
        ["Elsa.WriteLine"] = call => new StepResult { Lines = [call.Text("text") ?? ""] },
        ["Elsa.SetVariable"] = SetVariable,
        ["Elsa.SetName"] = call => new StepResult { Name = call.Text("value") },
        ["Elsa.SetOutput"] = call => new StepResult { WorkflowOutputs = new JsonObject { [call.Text("outputName") ?? ""] = call.Inputs["outputValue"]?.DeepClone() } },
        ["Elsa.Correlate"] = call => new StepResult { CorrelationId = call.Text("correlationId") },
        ["Elsa.Fault"] = call => new StepResult { Fault = call.Text("message") ?? call.Text("code") ?? "The flow was made to fault here." },
        ["Elsa.ReadLine"] = _ => new StepResult { Fault = "ReadLine needs a console, and a server has none." },
        ["Elsa.If"] = Decide,
        ["Elsa.While"] = Decide,
        ["Elsa.FlowDecision"] = Decide,
        ["Elsa.Switch"] = call => new StepResult { Outcomes = call.Evaluation.MatchingCases(call.Node, call.Scope, MatchesAny(call)) },
        ["Elsa.FlowSwitch"] = FlowSwitch,
        ["Elsa.FlowFork"] = call => new StepResult { Outcomes = Names(call.Inputs["branches"]) },
        // Without outcomes it is Done.
        ["Elsa.Complete"] = call => new StepResult { Outcomes = call.Inputs["outcomes"] is null ? ["Done"] : Names(call.Inputs["outcomes"]) },
        ["Elsa.RunJavaScript"] = RunJavaScript,
        ["Elsa.For"] = Nothing,
        ["Elsa.ForEach"] = Nothing,
        ["Elsa.ParallelForEach"] = Nothing,
        ["Elsa.ExecuteWorkflow"] = Nothing,
        ["Elsa.DispatchWorkflow"] = Nothing,
        ["Elsa.BulkDispatchWorkflows"] = BulkDispatch,
        ["Elsa.PublishEvent"] = Nothing,
        ["Elsa.WriteHttpResponse"] = Nothing,
        ["Elsa.Delay"] = Waiting.Delay,
        ["Elsa.StartAt"] = Waiting.StartAt,
        ["Elsa.Timer"] = Waiting.Timer,
        ["Elsa.Cron"] = Waiting.Cron,
        ["Elsa.Event"] = Waiting.ForStimulus,
        ["Elsa.HttpEndpoint"] = Waiting.ForStimulus,
        ["Flows.Approval"] = Asking.Ask,
        ["Elsa.RunTask"] = _ => new StepResult { Suspend = true },
    };

    static OwnActivity()
    {
        foreach (var trigger in TriggerActivities.Descriptors) Known[trigger.Type] = Waiting.PassTrigger;
    }

    /// <exception cref="ActivityFault">The activity is unknown or its inputs make no sense.</exception>
    public static StepResult Run(OwnActivityCall call)
    {
        if (Known.TryGetValue(call.Node.Type, out var run)) return run(call);
        return call.Node.Behaviour == Behaviour.WorkflowActivity ? Nothing(call) : throw new ActivityFault(Unknown(call.Node.Type));
    }

    public static string Unknown(string type) => $"There is no activity '{type}' here; the step is kept as it is but cannot run.";

    private static StepResult Nothing(OwnActivityCall call) => new();

    // Each item has a correlation id of its own; the script sees the item by the name that the flow gets it under.
    private static StepResult BulkDispatch(OwnActivityCall call)
    {
        var name = call.Text("defaultItemInputKey") is { Length: > 0 } key ? key : "Item";
        if (call.Node.Activity.Input("correlationIdFunction") is not { } function || call.Inputs["items"] is not JsonArray items) return new StepResult();
        call.Inputs["correlationIds"] = new JsonArray([.. items.Select(item => call.Evaluation.Evaluate(call.Node, "correlationIdFunction", function, call.Scope.With(name, item)))]);
        return new StepResult();
    }

    private static StepResult SetVariable(OwnActivityCall call)
    {
        var variable = call.Node.Activity.Json["variable"];
        var id = variable is JsonObject reference ? reference.Text("id") ?? reference.Text("name") : variable.AsText();
        if (string.IsNullOrEmpty(id)) throw new ActivityFault($"'variable' of '{call.Node.Name ?? call.Node.Id}' is not chosen.");
        call.Scope.SetVariable(id, call.Inputs["value"]?.DeepClone());
        return new StepResult();
    }

    private static StepResult Decide(OwnActivityCall call)
    {
        var holds = call.Inputs.Flag("condition");
        return new StepResult { Outcomes = [holds ? "True" : "False"] };
    }

    private static StepResult FlowSwitch(OwnActivityCall call)
    {
        var matches = call.Evaluation.MatchingCases(call.Node, call.Scope, MatchesAny(call));
        return new StepResult { Outcomes = matches.Count == 0 ? ["Default"] : matches };
    }

    private static bool MatchesAny(OwnActivityCall call) => string.Equals(call.Text("mode"), "MatchAny", StringComparison.OrdinalIgnoreCase) || call.Text("mode") == "1";

    private static StepResult RunJavaScript(OwnActivityCall call)
    {
        var result = call.Evaluation.RunScript(call.Text("script") ?? "", call.Scope);
        return new StepResult { Outputs = new JsonObject { ["result"] = result }, Outcomes = [.. call.Scope.Outcomes] };
    }

    private static IReadOnlyList<string> Names(JsonNode? value) => ValueConversion.FromJsonText(value) switch
    {
        JsonArray list => list.Select(JsonReading.AsText).OfType<string>().ToList(),
        { } one when one.AsText() is { Length: > 0 } name => [name],
        _ => [],
    };
}
