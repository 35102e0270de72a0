using System.Text.Json.Nodes;
using Flows.Engine.Run;

namespace Flows.Engine.Expressions;

/// <summary>What expressions of one step can see, and what they wrote. Writes are kept here until the step's result is recorded.</summary>
internal sealed class ExpressionScope(RunState run, Step step)
{
    public RunState Run { get; } = run;

    public Step Step { get; } = step;

    /// <summary>Variables written so far, by variable id.</summary>
    public JsonObject? Written { get; private set; }

    public string? CorrelationId { get; private set; }

    public string? Name { get; private set; }

    /// <summary>Outcomes that a script chose with <c>setOutcome</c>.</summary>
    public List<string> Outcomes { get; } = [];

    /// <summary>What the script is called with, beside what it finds.</summary>
    public IReadOnlyDictionary<string, JsonNode?> Arguments { get; private init; } = new Dictionary<string, JsonNode?>();

    public ExpressionScope With(string name, JsonNode? value) => new(Run, Step) { Arguments = new Dictionary<string, JsonNode?> { [name] = value?.DeepClone() } };

    public JsonNode? Variable(string idOrName)
    {
        if (Arguments.TryGetValue(idOrName, out var argument)) return argument;
        var variable = Step.FindVariable(idOrName);
        if (Written is not null && Written.TryGetPropertyValue(variable?.Id ?? idOrName, out var written)) return written;
        return variable?.Value;
    }

    public void SetVariable(string idOrName, JsonNode? value)
    {
        var variable = Step.FindVariable(idOrName);
        Written ??= [];
        Written[variable?.Id ?? idOrName] = variable is null ? value : ValueConversion.To(variable.TypeName, value);
    }

    public void SetCorrelation(string? id) => CorrelationId = id;

    public void SetName(string? name) => Name = name;

    public JsonNode? Input(string name) => Run.InputOf(Step, name);

    public JsonNode? LastResult()
    {
        for (var around = Step.Parent; around is not null; around = around.Parent)
        {
            if (around.LastResult is { } result) return result;
        }
        return null;
    }

    /// <summary>Outputs of the last execution of an activity, looked for in the containers around the step, nearest first.</summary>
    public JsonObject? OutputsOf(string idOrName)
    {
        for (var around = Step.Parent; around is not null; around = around.Parent)
        {
            if (around.Results?.GetValueOrDefault(idOrName) is { } result) return result.Outputs;
        }
        return null;
    }

    public JsonNode? OutputFrom(string idOrName, string? output)
    {
        if (OutputsOf(idOrName) is not { Count: > 0 } outputs) return null;
        if (output is null) return outputs.TryGetPropertyValue("result", out var result) ? result : outputs.First().Value;
        return outputs.FirstOrDefault(entry => string.Equals(entry.Key, output, StringComparison.OrdinalIgnoreCase)).Value;
    }

    /// <summary>Variables in reach, nearest first; a name appears once.</summary>
    public IEnumerable<Variable> Variables()
    {
        var seen = new HashSet<string>();
        for (var around = Step; around is not null; around = around.Parent)
        {
            foreach (var variable in around.Variables?.All ?? [])
            {
                if (variable.Name.Length > 0 && seen.Add(variable.Name)) yield return variable;
            }
        }
    }

    /// <summary>A variable of exactly that name is in reach.</summary>
    public bool HasVariable(string name) => Around(step => step.Variables?.ByName(name) is { } variable && variable.Name == name ? name : null) is not null;

    /// <summary>Name of the variable that <c>getX()</c> means, by its <c>X</c>; the nearest.</summary>
    public string? VariableByAccessor(string accessor) => Around(step => step.Variables?.ByAccessor(accessor)?.Name);

    /// <summary>Id of the activity that <c>getOutputFromX()</c> means, by its <c>X</c>; the nearest, whether it ran or not.</summary>
    public string? ActivityByAccessor(string accessor) => Around(step => step == Step ? null : step.Node.ChildByAccessor(accessor)?.Id);

    /// <summary>Names of inputs in reach.</summary>
    public IEnumerable<string> InputNames() => Flows().SelectMany(flow => flow.Inputs).Concat(Run.Inputs.Select(input => input.Key));

    public bool HasInput(string name) => Run.Inputs.ContainsKey(name) || Flows().Any(flow => flow.HasInput(name));

    /// <summary>Name of the input that <c>getX()</c> means, by its <c>X</c>.</summary>
    public string? InputByAccessor(string accessor) => Flows().Select(flow => flow.InputByAccessor(accessor)).FirstOrDefault(name => name is not null)
        ?? Run.Inputs.FirstOrDefault(input => AccessorName.Fits(input.Key, accessor)).Key;

    // What the flow that the step belongs to declares, then what the flows around it do.
    private IEnumerable<Graph.FlowNames> Flows()
    {
        for (var workflow = Step.Workflow(); ; workflow = workflow.Parent.Workflow())
        {
            yield return workflow.Node.Names!;
            if (workflow.Parent is null) break;
        }
    }

    private string? Around(Func<Step, string?> look)
    {
        for (var around = Step; around is not null; around = around.Parent)
        {
            if (look(around) is { } found) return found;
        }
        return null;
    }

    /// <summary>Activities with results in reach: (name or id, outputs).</summary>
    public IEnumerable<(string Name, JsonObject Outputs)> Results()
    {
        for (var around = Step.Parent; around is not null; around = around.Parent)
        {
            foreach (var (name, step) in around.Results ?? [])
            {
                if (step.Outputs is { } outputs) yield return (name, outputs);
            }
        }
    }
}
