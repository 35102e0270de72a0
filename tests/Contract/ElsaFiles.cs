namespace Flows.Tests.Contract;

/// <summary>Every definition of the conformance folder, by relative path.</summary>
public static class ElsaFiles
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Conformance", "Data", "elsa");

    public static IEnumerable<TheoryDataRow<string>> All() => new[] { "export", "workflows", "random" }
        .SelectMany(part => Directory.EnumerateFiles(Path.Combine(Folder, part), "*.json", SearchOption.AllDirectories))
        .Order(StringComparer.Ordinal)
        .Select(file => new TheoryDataRow<string>(Path.GetRelativePath(Folder, file)));

    public static string Text(string file) => File.ReadAllText(Path.Combine(Folder, file));
}
