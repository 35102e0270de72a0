using System.Text.Json.Nodes;

namespace Flows.Contract.Definitions;

/// <summary>
/// A flow: Elsa 3's WorkflowDefinition JSON with typed views over it.
/// The JSON itself is the model, so whatever Flows does not understand is carried through unchanged.
/// </summary>
public sealed class FlowDefinition(JsonObject json)
{
    public JsonObject Json { get; } = json;

    /// <summary>Id of this version.</summary>
    public string Id => Json.Text("id") ?? "";

    public string DefinitionId => Json.Text("definitionId") ?? "";

    public string Name => Json.Text("name") ?? DefinitionId;

    /// <summary>The activity type under which the flow is used in other flows: its name in Pascal case.</summary>
    public string ActivityType => string.Concat(
        Name.Split([' ', '-', '_', '.', '/'], StringSplitOptions.RemoveEmptyEntries).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    public string Description => Json.Text("description") ?? "";

    public int Version => Json.Int("version") ?? 1;

    public bool IsPublished => Json.Flag("isPublished");

    public IReadOnlyList<FlowVariable> Variables => Json.Objects("variables").Select(v => new FlowVariable(v)).ToList();

    public IReadOnlyList<FlowParameter> Inputs => Json.Objects("inputs").Select(v => new FlowParameter(v)).ToList();

    public IReadOnlyList<FlowParameter> Outputs => Json.Objects("outputs").Select(v => new FlowParameter(v)).ToList();

    public IReadOnlyList<string> Outcomes => Json.Texts("outcomes");

    public JsonObject Options => Json["options"] as JsonObject ?? [];

    public JsonObject CustomProperties => Json["customProperties"] as JsonObject ?? [];

    /// <summary>The outermost activity, nearly always a flowchart; null in a definition without one.</summary>
    public FlowActivity? Root => Json["root"] is JsonObject root ? new FlowActivity(root) : null;

    /// <summary>Every activity, outermost first, each before its children.</summary>
    public IEnumerable<FlowActivity> Activities() => Root is { } root ? root.SelfAndDescendants() : [];

    /// <summary>How many activities are drawn: all but the charts that hold them.</summary>
    public int CountNodes() => Activities().Count(activity => !activity.IsFlowchart);

    /// <summary>Looks through the whole flow: for many look-ups make a <see cref="FlowIndex"/>.</summary>
    public FlowActivity? Find(string activityId) => Activities().FirstOrDefault(activity => activity.Id == activityId);

    public FlowDefinition Clone() => new((JsonObject)Json.DeepClone());
}
