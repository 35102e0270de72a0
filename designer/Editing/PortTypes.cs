namespace Flows.Designer.Editing;

/// <summary>Which port types go together, and what a variable on a wire between them is declared as.</summary>
public static class PortTypes
{
    private static readonly HashSet<string> Artifacts = ["Table", "Model", "File", "Folder", "Image"];
    private static readonly HashSet<string> Numbers = ["Int32", "Int64", "Single", "Double", "Decimal"];
    private static readonly HashSet<string> Plain = ["String", "Boolean", "Int32", "Int64", "Single", "Double", "Decimal"];

    public static bool Fit(string from, string to) =>
        from == to || from is "Object" or "Artifact" || to is "Object" or "Artifact" || (Numbers.Contains(from) && Numbers.Contains(to))
        || (to == "File" && Artifacts.Contains(from));

    public static string VariableType(string port) => Artifacts.Contains(port) || port == "Artifact" ? "Artifact" : Plain.Contains(port) ? port : "Object";

    /// <summary>Colour of a port: the last part of <c>--flows-type-…</c>.</summary>
    public static string Tone(string type) => type switch
    {
        "Table" or "Model" or "Metrics" or "Image" or "File" or "String" => type.ToLowerInvariant(),
        "Folder" => "file",
        _ when Numbers.Contains(type) => "number",
        _ => "object",
    };
}
