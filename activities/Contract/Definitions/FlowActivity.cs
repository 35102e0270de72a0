using System.Text.Json.Nodes;

namespace Flows.Contract.Definitions;

/// <summary>One activity (a node on the canvas) of a definition: a typed view over its JSON.</summary>
public sealed class FlowActivity(JsonObject json)
{
    public JsonObject Json { get; } = json;

    public string Id => Json.Text("id") ?? "";

    public string Type => Json.Text("type") ?? "";

    public int Version => Json.Int("version") ?? 1;

    /// <summary>Name unique in its flow, used by expressions (<c>getOutputFromName()</c>); may be null.</summary>
    public string? Name => Json.Text("name");

    /// <summary>What the canvas writes on the node: the display text, else the name, else the type's last word.</summary>
    public string Title => Metadata.Text("displayText") is { Length: > 0 } text ? text : Name ?? Type.Split('.')[^1];

    public JsonObject Metadata => Json["metadata"] as JsonObject ?? [];

    public JsonObject CustomProperties => Json["customProperties"] as JsonObject ?? [];

    public bool CanStartWorkflow => Json.Flag("canStartWorkflow") || CustomProperties.Flag("canStartWorkflow");

    public bool RunAsynchronously => Json.Flag("runAsynchronously") || CustomProperties.Flag("runAsynchronously");

    /// <summary>A disabled activity is not carried out: a run passes through it by its first outcome, and its outputs stay empty.</summary>
    public bool IsDisabled => CustomProperties.Flag("disabled");

    public string? MergeMode => CustomProperties.Text("mergeMode");

    /// <summary>Place on the canvas in canvas units; null when nothing laid it out yet.</summary>
    public (double X, double Y)? Position =>
        Metadata["designer"] is JsonObject designer && designer["position"] is JsonObject at && at.Number("x") is { } x && at.Number("y") is { } y ? (x, y) : null;

    /// <summary>Definition id of the flow that a workflow-as-activity runs; null for every other activity.</summary>
    public string? WorkflowDefinitionId => Json.Text("workflowDefinitionId");

    /// <summary>Id of the one version of that flow that it runs; null: see <see cref="Version"/>.</summary>
    public string? WorkflowDefinitionVersionId => Json.Text("workflowDefinitionVersionId") is { Length: > 0 } id ? id : null;

    public bool IsFlowchart => Type == "Elsa.Flowchart";

    /// <summary>The input bound to a property (camelCase name), wrapped or bare; null when the property is absent or null.</summary>
    public FlowInput? Input(string name) => FlowInput.Read(Json[name]);

    /// <summary>Where an output goes: the id of the variable or workflow output it is bound to; null when unbound.</summary>
    public string? OutputTarget(string name) => (Json[name] as JsonObject)?["memoryReference"] is JsonObject reference ? reference.Text("id") : null;

    /// <summary>Connections of a flowchart; empty for every other activity.</summary>
    public IReadOnlyList<FlowConnection> Connections =>
        IsFlowchart ? Json.Objects("connections").Select(FlowConnection.Read).OfType<FlowConnection>().ToList() : [];

    public IReadOnlyList<FlowVariable> Variables => Json.Objects("variables").Select(v => new FlowVariable(v)).ToList();

    /// <summary>Embedded activities with the slot each sits in: <c>activities</c>, <c>body</c>, <c>then</c>, <c>else</c>, <c>cases[label]</c>, <c>default</c>, …</summary>
    public IEnumerable<(string Slot, FlowActivity Activity)> Children()
    {
        foreach (var (slot, value) in Json)
        {
            // Most properties are texts and inputs, and thousands of activities are looked through at once.
            if (value is not (JsonObject or JsonArray) || slot is "metadata" or "customProperties" or "connections" or "variables") continue;
            if (value is JsonObject input && !input.ContainsKey("_type") && !IsActivity(input)) continue;
            foreach (var child in ChildrenIn(slot, value)) yield return child;
        }
    }

    public IEnumerable<FlowActivity> SelfAndDescendants()
    {
        var open = new Stack<FlowActivity>([this]);
        while (open.TryPop(out var activity))
        {
            yield return activity;
            foreach (var (_, child) in activity.Children().Reverse()) open.Push(child);
        }
    }

    private static IEnumerable<(string, FlowActivity)> ChildrenIn(string slot, JsonNode? value) => JsonReading.Unwrap(value) switch
    {
        JsonObject candidate when IsActivity(candidate) => [(slot, new FlowActivity(candidate))],
        JsonArray list => list.OfType<JsonObject>().SelectMany(item => InList(slot, item)),
        _ => [],
    };

    private static IEnumerable<(string, FlowActivity)> InList(string slot, JsonObject item)
    {
        if (IsActivity(item)) return [(slot, new FlowActivity(item))];
        return item["activity"] is JsonObject embedded && IsActivity(embedded)
            ? [($"{slot}[{item.Text("label") ?? item["statusCode"].AsText()}]", new FlowActivity(embedded))]
            : [];
    }

    // A wrapped input has typeName and expression, a variable has typeName: only an activity has type and id at its top.
    internal static bool IsActivity(JsonObject candidate) =>
        candidate.Text("type") is { Length: > 0 } && candidate.Text("id") is not null && candidate["expression"] is null
        && !candidate.ContainsKey("typeName");
}
