namespace Flows.Contract.Activities;

/// <summary>Which output may be wired to which input. Lenient where a value can be converted, strict where it cannot.</summary>
public static class PortTypes
{
    private static readonly HashSet<string> Artifacts = new(StringComparer.OrdinalIgnoreCase) { "Table", "Model", "File", "Folder", "Image", "Metrics", "Artifact" };

    private static readonly HashSet<string> Anything = new(StringComparer.OrdinalIgnoreCase) { "", "Object", "Any", "Artifact", "Variable" };

    private static readonly HashSet<string> Scalars = new(StringComparer.OrdinalIgnoreCase)
    {
        "String", "Boolean", "Int16", "Int32", "Int64", "Single", "Double", "Decimal", "Guid", "TimeSpan", "DateTime", "DateTimeOffset", "Uri",
    };

    /// <summary>A value kept in the artifact store: a file, a table, a model.</summary>
    public static bool IsArtifact(string type) => Artifacts.Contains(type);

    /// <summary>A plain value: text, number, flag or time.</summary>
    public static bool IsScalar(string type) => Scalars.Contains(type);

    /// <summary>True when a value of the output's type may reach the input.</summary>
    public static bool Fit(string output, string input)
    {
        if (Anything.Contains(output) || Anything.Contains(input)) return true;
        if (string.Equals(output, input, StringComparison.OrdinalIgnoreCase)) return true;
        if (IsArtifact(output) || IsArtifact(input)) return IsArtifact(output) && string.Equals(input, "File", StringComparison.OrdinalIgnoreCase) && !IsFolder(output);
        return !Scalars.Contains(output) || !Scalars.Contains(input) || AreConvertible(output, input);
    }

    private static bool IsFolder(string type) => string.Equals(type, "Folder", StringComparison.OrdinalIgnoreCase);

    // Text reads as anything scalar and anything scalar as text; a flag is no number and no time.
    private static bool AreConvertible(string output, string input)
    {
        if (IsText(output) || IsText(input)) return true;
        return IsNumber(output) == IsNumber(input) && (IsNumber(output) || (IsTime(output) && IsTime(input)));
    }

    private static bool IsText(string type) => string.Equals(type, "String", StringComparison.OrdinalIgnoreCase);

    private static bool IsTime(string type) => type.StartsWith("DateTime", StringComparison.OrdinalIgnoreCase);

    private static bool IsNumber(string type) => type.ToUpperInvariant() is "INT16" or "INT32" or "INT64" or "SINGLE" or "DOUBLE" or "DECIMAL";
}
