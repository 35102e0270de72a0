using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Engine.Expressions;
using Flows.Engine.Graph;

namespace Flows.Engine.Activities;

/// <summary>Evaluates an activity's inputs; what does not change between executions is prepared once per node.</summary>
internal sealed class InputEvaluation(ActivityCatalog catalog, ExpressionEvaluator evaluator)
{
    private sealed record Prepared(string Name, FlowInput? Input, string? Type)
    {
        /// <summary>Where the flow says what the step does not.</summary>
        public string[]? FromFlow { get; init; }
    }

    /// <exception cref="ActivityFault">An expression failed; the message names activity and input.</exception>
    public JsonObject Evaluate(Node node, ExpressionScope scope)
    {
        var prepared = (Prepared[])(node.Prepared ??= Prepare(node));
        var values = new JsonObject();
        foreach (var one in prepared)
        {
            var value = one.Input is null ? null : Evaluate(node, one.Name, one.Input, one.Type, scope);
            if (one.FromFlow is not null && string.IsNullOrWhiteSpace(value.AsText())) value = OfFlow(scope, one.FromFlow) ?? value;
            if (one.Input is not null || value is not null) values[one.Name] = value;
        }
        return values;
    }

    private static JsonNode? OfFlow(ExpressionScope scope, string[] path)
    {
        JsonNode? at = (scope.Step.Workflow().Node.Definition ?? scope.Run.Graph.Definition).CustomProperties;
        foreach (var name in path) at = (at as JsonObject)?[name];
        return at.AsText();
    }

    /// <summary>Labels of the cases whose condition holds, in order; only the first unless <paramref name="all"/>.</summary>
    public List<string> MatchingCases(Node node, ExpressionScope scope, bool all)
    {
        var matches = new List<string>();
        foreach (var one in node.Activity.Json.Objects("cases"))
        {
            if (matches.Count > 0 && !all) break;
            if (FlowInput.Read(one["condition"]) is not { } condition) continue;
            var label = one.Text("label") ?? "";
            if (Evaluate(node, $"cases[{label}]", condition, "Boolean", scope)?.GetValue<bool>() == true) matches.Add(label);
        }
        return matches;
    }

    /// <summary>Evaluates one input as text, over a scope of its own.</summary>
    public JsonNode? Evaluate(Node node, string name, FlowInput input, ExpressionScope scope) => Evaluate(node, name, input, "String", scope);

    /// <summary>Null also for an expression that is broken.</summary>
    public JsonNode? TryEvaluate(FlowInput input, ExpressionScope scope)
    {
        try { return evaluator.Evaluate(input, null, scope); }
        catch (ActivityFault) { return null; }
    }

    public JsonNode? RunScript(string script, ExpressionScope scope) => evaluator.RunScript(script, scope);

    private JsonNode? Evaluate(Node node, string name, FlowInput input, string? type, ExpressionScope scope)
    {
        try
        {
            return evaluator.Evaluate(input, type, scope);
        }
        catch (ActivityFault fault)
        {
            throw new ActivityFault($"'{name}' of '{node.Name ?? node.Id}': {fault.Message}", fault);
        }
    }

    private Prepared[] Prepare(Node node)
    {
        var named = node.Workflow?.Definition is { } flow
            ? flow.Inputs.Select(input => (Name: JsonNamingPolicy.CamelCase.ConvertName(input.Name), input.Type, FromFlow: (string?)null))
            : catalog.Find(node.Type) is { } descriptor
                ? FlowPorts.Inputs(node.Activity, descriptor).Where(input => !IsSecretOfTrigger(node, descriptor, input)).Select(input => (input.Name, input.Type, input.FromFlow))
                : [];
        return [.. named
            .Select(input => (input.Name, Input: Codes(node.Activity.Input(input.Name)), input.Type, input.FromFlow))
            .Where(input => (input.Input is not null || input.FromFlow is not null) && input.Name != "correlationIdFunction")
            .DistinctBy(input => input.Name)
            .Select(input => IsVerbatim(node, input.Name)
                ? new Prepared(input.Name, input.Input! with { TypeName = null }, null)
                : new Prepared(input.Name, input.Input, IsPortType(input.Type) ? null : input.Type) { FromFlow = input.FromFlow?.Split('.') })];
    }

    // Whoever watches for the trigger reads it when it is needed: it belongs into no row and no record.
    private static bool IsSecretOfTrigger(Node node, ActivityDescriptor trigger, InputDescriptor input) =>
        trigger.OnlyStarts && (input.TakesSecret || node.Activity.Input(input.Name)?.ExpressionType == ExpressionTypes.Secret);

    // An activity that stands beside a status code is no part of the input.
    private static FlowInput? Codes(FlowInput? input) => input?.Value is JsonArray list && list.Any(one => one is JsonObject cased && cased.ContainsKey("statusCode"))
        ? input with { Value = new JsonArray([.. list.Select(one => one is JsonObject cased ? cased["statusCode"]?.DeepClone() : one?.DeepClone())]) }
        : input;

    // Text that looks like JSON is answered as the text that it is.
    private static bool IsVerbatim(Node node, string name) => name == "content" && node.Type is "Elsa.WriteHttpResponse";

    private static bool IsPortType(string type) => type is "Table" or "Model" or "File" or "Folder" or "Image" or "Metrics";
}
