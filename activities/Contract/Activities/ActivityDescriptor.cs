using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Flows.Contract.Activities;

/// <summary>What an activity is, for palette, inspector, checks and engine: served by <c>/api/activities</c>.</summary>
public sealed record ActivityDescriptor
{
    public required string Type { get; init; }

    public int Version { get; init; } = 1;

    public required string DisplayName { get; init; }

    public string Category { get; init; } = "Control";

    public string Description { get; init; } = "";

    public IReadOnlyList<InputDescriptor> Inputs { get; init; } = [];

    public IReadOnlyList<OutputDescriptor> Outputs { get; init; } = [];

    /// <summary>Fixed outcomes; what an instance adds (switch cases, fork branches) comes from <see cref="FlowPorts"/>.</summary>
    public IReadOnlyList<string> Outcomes { get; init; } = ["Done"];

    /// <summary>Slots for embedded activities: <c>body</c>, <c>then</c>, <c>else</c>, …</summary>
    public IReadOnlyList<string> Slots { get; init; } = [];

    /// <summary><c>inline</c> (in the engine's loop) or <c>default</c> (a job on a runner).</summary>
    public string Queue { get; init; } = Inline;

    public bool DynamicInputs { get; init; }

    public bool DynamicOutputs { get; init; }

    /// <summary>Can start a run (triggers and Start).</summary>
    public bool IsTrigger { get; init; }

    /// <summary>A trigger that is nothing else: it starts its flow without <c>canStartWorkflow</c>, and a run that came about otherwise passes by it.</summary>
    public bool OnlyStarts { get; init; }

    /// <summary>The same inputs, settings, code and environment give the same outputs, so that a result may be kept for later steps.</summary>
    public bool Cacheable { get; init; }

    /// <summary>A run that is made again carries it out; the recorded results of others are taken as they are.</summary>
    public bool Repeatable { get; init; }

    /// <summary>The flow that it is, for one that is usable as an activity: a node of it names it, or nothing would run. Null for every other activity.</summary>
    public string? WorkflowDefinitionId { get; init; }

    /// <summary>Id of that flow's version, by which a node stays with it until somebody updates the node.</summary>
    public string? WorkflowDefinitionVersionId { get; init; }

    /// <summary>What its <c>customProperties</c> may say about faults, passes, place and caching; names are paths there.</summary>
    /// <remarks>Follows from the rest: written out for every activity it would be two thirds of <c>/api/activities</c>.</remarks>
    [JsonIgnore] public IReadOnlyList<InputDescriptor> Policy => PolicyFields.Of(this);

    public const string Inline = "inline";

    public const string Default = "default";
}

/// <param name="Name">camelCase property in the flow file.</param>
/// <param name="Type">Type alias or port type: <c>String, Int32, Double, Boolean, Object, Table, Model, File, Folder, Image, Metrics, …</c>.</param>
public sealed record InputDescriptor(string Name, string DisplayName, string Type)
{
    public string Description { get; init; } = "";

    /// <summary>Drawn as a data port on the node; else only a field of the form.</summary>
    public bool IsPort { get; init; }

    public bool Required { get; init; }

    /// <summary>Default value as JSON; null when there is none.</summary>
    public JsonNode? Default { get; init; }

    /// <summary>Editor name, see <see cref="SettingAttribute.Editor"/>.</summary>
    public string Editor { get; init; } = "text";

    public IReadOnlyList<string> Choices { get; init; } = [];

    public double? Minimum { get; init; }

    public double? Maximum { get; init; }

    public string Group { get; init; } = "";

    /// <inheritdoc cref="SettingAttribute.FromFlow"/>
    public string? FromFlow { get; init; }

    /// <inheritdoc cref="SettingAttribute.TakesSecret"/>
    public bool TakesSecret { get; init; }

    /// <summary>Another field without which this one means nothing; null for a field of its own.</summary>
    public string? Needs { get; init; }
}

public sealed record OutputDescriptor(string Name, string DisplayName, string Type)
{
    public string Description { get; init; } = "";
}
