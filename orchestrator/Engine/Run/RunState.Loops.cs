using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Engine.Run;

namespace Flows.Engine;

/// <summary>Loops: each pass gets its own CurrentValue and CurrentIndex, so that parallel bodies do not share them.</summary>
public sealed partial class RunState
{
    private void NextWhile(Step step, bool goesOn)
    {
        if (!goesOn || step.IsBreaking || !step.Node.Slots.TryGetValue("body", out var body)) Complete(step);
        else Schedule(body, step);
    }

    // The condition reads what the body wrote, so it is evaluated anew before anything else goes on.
    private void AgainWhile(Step step)
    {
        if (step.IsBreaking) Complete(step);
        else _again.Enqueue(step);
    }

    private void NextFor(Step step, bool first)
    {
        var inputs = step.Inputs ?? [];
        var (start, end) = (inputs.Number("start") ?? 0, inputs.Number("end") ?? 0);
        var by = Math.Abs(inputs.Number("step") ?? 1);
        var inclusive = !inputs.ContainsKey("outerBoundInclusive") || inputs.Flag("outerBoundInclusive");
        step.Progress ??= new Progress();
        var value = first ? start : end >= start ? step.Progress.Current + by : step.Progress.Current - by;
        step.Progress.Current = value;
        var inside = end >= start ? (inclusive ? value <= end : value < end) : inclusive ? value >= end : value > end;
        if (!inside || by == 0 || step.IsBreaking || !step.Node.Slots.TryGetValue("body", out var body))
        {
            Complete(step);
            return;
        }
        Schedule(body, step, Pass(step, Whole(value), step.Progress.Next++));
    }

    private Variables Pass(Step step, JsonNode? value, int index)
    {
        SetOutputs(step, new JsonObject { ["currentValue"] = value?.DeepClone() });
        return Iteration(step, value, index);
    }

    private static Variables Iteration(Step step, JsonNode? value, int index)
    {
        var variables = new Variables();
        variables.Set($"{step.Id}:CurrentValue", "CurrentValue", "Object", value?.DeepClone());
        variables.Set($"{step.Id}:CurrentIndex", "CurrentIndex", "Int32", index);
        return variables;
    }

    private static IReadOnlyList<JsonNode?> ItemsOf(JsonNode? items) => items switch
    {
        JsonArray list => [.. list],
        null => [],
        JsonObject entries => [.. entries.Select(entry => new JsonObject { ["Key"] = entry.Key, ["Value"] = entry.Value?.DeepClone() })],
        _ => [items],
    };

    private static JsonNode Whole(double value) => value == Math.Floor(value) && Math.Abs(value) < 1e15 ? JsonValue.Create((long)value) : JsonValue.Create(value);
}
