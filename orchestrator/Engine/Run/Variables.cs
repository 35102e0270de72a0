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

/// <summary>The variables that one step declares: a list, since most declare few, and an index once there are many.</summary>
internal sealed class Variables
{
    private const int Few = 8;

    private readonly List<Variable> _all = [];
    private VariableIndex? _index;

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

    public Variable? ById(string id) => _all.Count > Few ? Index.ById(id) : _all.Find(variable => variable.Id == id);

    public Variable? ByName(string name) => _all.Count > Few
        ? Index.ByName(name)
        : _all.Find(variable => variable.Name == name) ?? _all.Find(variable => string.Equals(variable.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The variable that <c>getX()</c> means, by its <c>X</c>.</summary>
    public Variable? ByAccessor(string accessor) => _all.Count > Few ? Index.ByAccessor(accessor) : _all.Find(variable => AccessorName.Fits(variable.Name, accessor));

    public void Set(string id, string name, string typeName, JsonNode? value)
    {
        if (ById(id) is not { } variable)
        {
            _all.Add(variable = new Variable(id, name, typeName));
            _index?.Add(variable);
        }
        variable.Value = value;
    }

    private VariableIndex Index => _index ??= new VariableIndex(_all);
}

/// <summary>Many variables by id, name and accessor; of two that are called the same the first is found.</summary>
internal sealed class VariableIndex
{
    private readonly Dictionary<string, Variable> _byId = [];
    private readonly Dictionary<string, Variable> _byName = [];
    private readonly Dictionary<string, Variable> _byLooseName = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Variable> _byAccessor = [];

    public VariableIndex(IEnumerable<Variable> variables)
    {
        foreach (var variable in variables) Add(variable);
    }

    public void Add(Variable variable)
    {
        _byId.TryAdd(variable.Id, variable);
        _byName.TryAdd(variable.Name, variable);
        _byLooseName.TryAdd(variable.Name, variable);
        foreach (var accessor in AccessorName.AllOf(variable.Name)) _byAccessor.TryAdd(accessor, variable);
    }

    public Variable? ById(string id) => _byId.GetValueOrDefault(id);

    public Variable? ByName(string name) => _byName.GetValueOrDefault(name) ?? _byLooseName.GetValueOrDefault(name);

    public Variable? ByAccessor(string accessor) => _byAccessor.GetValueOrDefault(accessor);
}
