namespace Flows.Contract.Activities;

/// <summary>Declares an activity: its type name in flow files and what the palette shows.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ActivityAttribute(string type, string displayName) : Attribute
{
    public string Type { get; } = type;

    public string DisplayName { get; } = displayName;

    public string Category { get; init; } = "Control";

    /// <summary>One sentence for palette and inspector.</summary>
    public string Description { get; init; } = "";

    /// <summary>Heavy work: runs as a job on a runner, not in the engine's loop.</summary>
    public bool Heavy { get; init; }

    /// <summary>The same inputs, settings, code and environment give the same outputs: an author may let its results be kept.</summary>
    public bool Cacheable { get; init; }

    /// <summary>It asks and changes nothing outside of its run that a record of the step does not have: a run that is made again carries it out. What is cacheable is.</summary>
    public bool Repeatable { get => field || Cacheable; init; }

    /// <summary>Outcomes (control ports) besides what an instance declares; <c>Done</c> when empty.</summary>
    public string[] Outcomes { get; init; } = [];

    /// <summary>Instances may declare further data ports in <c>customProperties.ports</c>.</summary>
    public bool DynamicInputs { get; init; }

    public bool DynamicOutputs { get; init; }
}

/// <summary>A data port that another activity's output is wired to. Null when not required and not wired.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class InputAttribute : Attribute
{
    public string? DisplayName { get; init; }

    public string Description { get; init; } = "";

    public bool Required { get; init; } = true;

    /// <summary>Port type; by default the property's type (an <c>Artifact</c> port says <c>Table</c>, <c>Model</c>, <c>File</c>, …).</summary>
    public string? Type { get; init; }
}

/// <summary>A field of the inspector's form. Ranges and choices come from DataAnnotations and enums.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute : Attribute
{
    public string? DisplayName { get; init; }

    public string Description { get; init; } = "";

    public bool Required { get; init; }

    /// <summary>Editor: <c>text, multiline, number, checkbox, choice, file, column, columns, sql, python, javascript, json, secret, secrets, model</c>; by default from the type.</summary>
    public string? Editor { get; init; }

    /// <summary>Heading under which the form shows the field; fields under "Advanced" start folded.</summary>
    public string Group { get; init; } = "";

    /// <summary>Path in the flow's <c>customProperties</c>, such as <c>python.requirements</c>, of the text that a step has which says nothing itself.</summary>
    public string? FromFlow { get; init; }

    /// <summary>Its value may be a secret: what it is given goes into no record, and the activity does nothing with it but what it is for. By default so with the editor <c>secret</c>.</summary>
    public bool TakesSecret { get => field || Editor == "secret"; init; }
}

/// <summary>A data port that other activities read.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OutputAttribute : Attribute
{
    public string? DisplayName { get; init; }

    public string Description { get; init; } = "";

    public string? Type { get; init; }
}
