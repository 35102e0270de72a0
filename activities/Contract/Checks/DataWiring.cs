using Flows.Contract.Activities;
using Flows.Contract.Definitions;

namespace Flows.Contract.Checks;

/// <summary>An output that goes into a variable, or (without <paramref name="Output"/>) a SetVariable.</summary>
internal sealed record Writing(CheckedNode Node, string Field, OutputDescriptor? Output);

internal sealed record Reading(CheckedNode Node, string Field, InputDescriptor? Input);

/// <summary>A reference to a variable that is not in scope.</summary>
internal sealed record LooseEnd(CheckedNode Node, string Field, string Id, bool IsWrite, OutputDescriptor? Output);

internal sealed class ScopedVariable(FlowVariable declared, PlacedActivity? owner)
{
    public FlowVariable Declared { get; } = declared;

    /// <summary>The container it belongs to; null: the whole flow.</summary>
    public PlacedActivity? Owner { get; } = owner;

    public List<Writing> Writers { get; } = [];

    public List<Reading> Readers { get; } = [];

    public bool HasInitial => !string.IsNullOrEmpty(Declared.Value);
}

/// <summary>Who writes and who reads which variable: the data wires of a flow.</summary>
internal sealed class DataWiring
{
    private static readonly HashSet<string> OfLoops = new(StringComparer.OrdinalIgnoreCase) { "CurrentValue", "CurrentIndex", "FaultMessage", "FaultActivityId" };

    private readonly Dictionary<PlacedActivity, Dictionary<string, ScopedVariable>> _scopes = [];
    private readonly HashSet<string> _scoped = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, ScopedVariable> _global = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Knows what is declared where; <see cref="Read()"/> tells who uses it.</summary>
    public DataWiring(CheckedFlow flow)
    {
        Flow = flow;
        Declare(flow.Flow.Variables, null, _global);
        foreach (var node in flow.Nodes)
        {
            if (node.Activity.Variables is { Count: > 0 } variables) Declare(variables, node.Place, _scopes[node.Place] = new(StringComparer.OrdinalIgnoreCase));
        }
        foreach (var scope in _scopes.Values) _scoped.UnionWith(scope.Keys);
        Scripts = new ScriptWords(flow.Nodes);
    }

    public CheckedFlow Flow { get; }

    public List<ScopedVariable> Variables { get; } = [];

    public List<LooseEnd> LooseEnds { get; } = [];

    public ScriptWords Scripts { get; }

    /// <summary>A variable of that name exists, but in another container.</summary>
    public bool ExistsElsewhere(string id) => _scoped.Contains(id);

    private void Declare(IReadOnlyList<FlowVariable> variables, PlacedActivity? owner, Dictionary<string, ScopedVariable> scope)
    {
        foreach (var declared in variables)
        {
            var variable = new ScopedVariable(declared, owner);
            Variables.Add(variable);
            scope.TryAdd(declared.Id, variable);
            if (declared.Name.Length > 0) scope.TryAdd(declared.Name, variable);
        }
    }

    public IEnumerable<Pause> Read()
    {
        foreach (var node in Flow.Nodes)
        {
            Read(node);
            yield return default;
        }
    }

    private void Read(CheckedNode node)
    {
        foreach (var (field, input) in node.Expressions)
        {
            if (input.VariableId is not { Length: > 0 } id) continue;
            if (Resolve(node.Place, id) is { } variable) variable.Readers.Add(new Reading(node, field, node.Declared.FirstOrDefault(declared => declared.Name == field)));
            else if (!IsOfLoop(node, id)) LooseEnds.Add(new LooseEnd(node, field, id, IsWrite: false, null));
        }
        foreach (var output in node.Outputs)
        {
            if (node.Activity.OutputTarget(output.Name) is { } id) Write(node, output.Name, id, output);
        }
        if (node.Activity.Type == "Elsa.SetVariable" && VariableReference.IdIn(node.Activity.Json["variable"]) is { } set) Write(node, "variable", set, null);
    }

    private void Write(CheckedNode node, string field, string id, OutputDescriptor? output)
    {
        if (Resolve(node.Place, id) is { } variable) variable.Writers.Add(new Writing(node, field, output));
        else LooseEnds.Add(new LooseEnd(node, field, id, IsWrite: true, output));
    }

    private ScopedVariable? Resolve(PlacedActivity place, string id)
    {
        for (var scope = place; scope is not null; scope = scope.Parent)
        {
            if (_scopes.TryGetValue(scope, out var variables) && variables.TryGetValue(id, out var variable)) return variable;
        }
        return _global.GetValueOrDefault(id);
    }

    private static bool IsOfLoop(CheckedNode node, string id) => OfLoops.Contains(id)
        && node.Place.Ancestors().Any(above => above.Activity.Type is "Elsa.ForEach" or "Elsa.ParallelForEach" or "Elsa.For");
}
