using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Engine.Expressions;

namespace Flows.Engine.Run;

/// <summary>One variable of one container or iteration.</summary>
internal sealed class Variable(string id, string name, string typeName)
{
    public string Id { get; } = id;

    public string Name { get; } = name;

    public string TypeName { get; } = typeName;

    public JsonNode? Value { get; set; }
}

/// <summary>The variables that one step declares. Few in number, so a list.</summary>
internal sealed class Variables
{
    private readonly List<Variable> _all = [];

    public IReadOnlyList<Variable> All => _all;

    public static Variables? Declared(IReadOnlyList<FlowVariable> declared)
    {
        if (declared.Count == 0) return null;
        var variables = new Variables();
        foreach (var one in declared)
        {
            variables.Set(one.Id, one.Name, one.TypeName, ValueConversion.Initial(one));
        }
        return variables;
    }

    public Variable? ById(string id) => _all.Find(variable => variable.Id == id);

    public Variable? ByName(string name) => _all.Find(variable => variable.Name == name)
        ?? _all.Find(variable => string.Equals(variable.Name, name, StringComparison.OrdinalIgnoreCase));

    public void Set(string id, string name, string typeName, JsonNode? value)
    {
        if (ById(id) is not { } variable) _all.Add(variable = new Variable(id, name, typeName));
        variable.Value = value;
    }
}
