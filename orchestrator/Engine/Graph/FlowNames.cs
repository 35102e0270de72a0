using Flows.Contract.Definitions;
using Flows.Engine.Expressions;

namespace Flows.Engine.Graph;

/// <summary>Inputs and outputs that a flow declares, by name: every step of it may ask.</summary>
internal sealed class FlowNames
{
    private readonly Dictionary<string, string> _inputs = [];
    private readonly HashSet<string> _names;
    private readonly HashSet<string> _outputs;

    public FlowNames(FlowDefinition flow)
    {
        Inputs = [.. flow.Inputs.Select(input => input.Name)];
        foreach (var name in Inputs)
        {
            foreach (var accessor in AccessorName.AllOf(name)) _inputs.TryAdd(accessor, name);
        }
        _names = [.. Inputs];
        _outputs = [.. flow.Outputs.Select(output => output.Name)];
    }

    public IReadOnlyList<string> Inputs { get; }

    public bool HasInput(string name) => _names.Contains(name);

    public string? InputByAccessor(string accessor) => _inputs.GetValueOrDefault(accessor);

    public bool HasOutput(string name) => _outputs.Contains(name);
}
