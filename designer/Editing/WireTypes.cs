using Flows.Contract.Activities;

namespace Flows.Designer.Editing;

/// <summary>What a variable on a wire is declared as, and the colour it is drawn in.</summary>
public static class WireTypes
{
    private static readonly HashSet<string> Numbers = ["Int32", "Int64", "Single", "Double", "Decimal"];

    private static readonly Dictionary<string, string> Styles = [];

    public static string Variable(string port) =>
        port != "Metrics" && PortTypes.IsArtifact(port) ? "Artifact" : PortTypes.IsScalar(port) ? port : "Object";

    /// <summary>What sets the colour on an element, made once for each type.</summary>
    public static string Style(string type) => Styles.TryGetValue(type, out var style) ? style : Styles[type] = $"--type: var(--flows-type-{Tone(type)})";

    /// <summary>Colour of a port: the last part of <c>--flows-type-…</c>.</summary>
    public static string Tone(string type) => type switch
    {
        "Table" or "Model" or "Metrics" or "Image" or "File" or "String" => type.ToLowerInvariant(),
        "Folder" => "file",
        _ when Numbers.Contains(type) => "number",
        _ => "object",
    };
}
