namespace Flows.Designer.Canvas;

/// <summary>Icon and colour of a category, the same in the palette and on the canvas.</summary>
public static class CategoryLook
{
    private static readonly Dictionary<string, string> Styles = [];

    public static string Icon(string category) => category switch
    {
        "Data" or "Data preparation" => "table",
        "Training" => "figures",
        "Models" => "model",
        "Deployment" => "deployment",
        "Branching" or "Containers" => "flow",
        "Looping" => "again",
        "Time" => "clock",
        "Triggers" => "bolt",
        "Values" => "edit",
        "Events" or "Control" => "open",
        "Unknown" => "warning",
        _ => "run",
    };

    /// <summary>What sets the colour on an element, made once for each category.</summary>
    public static string Style(string category) => Styles.TryGetValue(category, out var style) ? style : Styles[category] = $"--category: {Colour(category)}";

    public static string Colour(string category) => category switch
    {
        "Data" or "Data preparation" => "var(--flows-type-table)",
        "Training" => "var(--flows-type-metrics)",
        "Models" => "var(--flows-type-model)",
        "Deployment" => "var(--flows-accent)",
        "Triggers" => "var(--flows-warm)",
        "Values" => "var(--flows-type-string)",
        "Branching" or "Looping" or "Containers" => "var(--flows-warm)",
        "Unknown" => "var(--flows-state-faulted)",
        _ => "var(--flows-type-object)",
    };
}
