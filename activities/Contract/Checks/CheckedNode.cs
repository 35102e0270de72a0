using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;

namespace Flows.Contract.Checks;

/// <summary>An activity with what is known of its type: a descriptor, or the flow that it runs.</summary>
internal sealed class CheckedNode
{
    private static readonly HashSet<string> NotInputs = ["id", "nodeId", "name", "type", "version", "customProperties", "metadata", "connections", "variables", "activities"];

    public CheckedNode(PlacedActivity place, CheckedFlow flow)
    {
        Place = place;
        Descriptor = flow.Catalog.Find(Activity.Type);
        IsWorkflow = Descriptor is null && (Activity.WorkflowDefinitionId is not null || Activity.Json.Text("workflowDefinitionVersionId") is not null || flow.FlowTypes.ContainsKey(Activity.Type));
        if (IsWorkflow) Child = flow.Flows.GetValueOrDefault(Activity.WorkflowDefinitionId ?? "") ?? flow.FlowTypes.GetValueOrDefault(Activity.Type);
        Declared = Descriptor is null ? [] : FlowPorts.Inputs(Activity, Descriptor);
        Outputs = Descriptor is null ? [] : FlowPorts.Outputs(Activity, Descriptor);
        Expressions = Read().ToList();
    }

    public PlacedActivity Place { get; }

    public FlowActivity Activity => Place.Activity;

    public string Id => Place.Id;

    /// <summary>How a message calls it.</summary>
    public string Title => $"'{Activity.Title}'";

    public ActivityDescriptor? Descriptor { get; }

    public bool IsWorkflow { get; }

    public FlowDefinition? Child { get; }

    /// <summary>It, or something in it, may wait or end something.</summary>
    public bool MayStop { get; set; }

    public IReadOnlyList<InputDescriptor> Declared { get; }

    public IReadOnlyList<OutputDescriptor> Outputs { get; }

    /// <summary>Every bound input by field, those of switch cases as <c>cases[label]</c>.</summary>
    public IReadOnlyList<(string Field, FlowInput Input)> Expressions { get; }

    /// <summary>Control ports; null when they cannot be known before the run.</summary>
    public IReadOnlyList<string>? Outcomes =>
        Child is not null ? FlowPorts.WithError(Activity, [.. Child.Outcomes, "Done"])
        : Descriptor is null || FlowPorts.AreOpen(Activity) ? null
        : FlowPorts.Outcomes(Activity, Descriptor);

    private IEnumerable<(string, FlowInput)> Read()
    {
        foreach (var (name, value) in Activity.Json)
        {
            if (NotInputs.Contains(name)) continue;
            if (name == "cases")
            {
                foreach (var one in Cases()) yield return one;
            }
            else if (value is JsonObject wrapped && !wrapped.ContainsKey("id") && FlowInput.Read(wrapped) is { } input) yield return (name, input);
            else if (value is JsonValue && Declared.Any(declared => declared.Name == name)) yield return (name, new FlowInput(null, ExpressionTypes.Literal, value));
        }
    }

    private IEnumerable<(string, FlowInput)> Cases()
    {
        foreach (var one in Activity.Json.Objects("cases"))
        {
            if (FlowInput.Read(one["condition"]) is { } condition) yield return ($"cases[{one.Text("label")}]", condition);
        }
    }
}
