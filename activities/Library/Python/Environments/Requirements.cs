using System.Text.RegularExpressions;

namespace Flows.Library.Python.Environments;

/// <summary>Packages that a script wants, as in a <c>requirements.txt</c>.</summary>
/// <param name="SystemPackages">Packages of the interpreter itself are there too, and count as installed.</param>
public sealed partial record Requirements(string Text, bool SystemPackages = true)
{
    /// <summary>Without comments, empty lines and trailing spaces: texts that differ in these ask for the same.</summary>
    public IReadOnlyList<string> Lines { get; } = [.. Text.ReplaceLineEndings("\n").Split('\n').Select(Bare).Where(line => line.Length > 0)];

    public bool IsEmpty => Lines.Count == 0;

    /// <summary>Lines that say where packages come from.</summary>
    public IEnumerable<string> Options => Lines.Where(line => Sources().IsMatch(line));

    /// <summary>What a line of pip's about a requirement means for the person who wrote it, with number and text of the line; null when it is about none.</summary>
    public string? Blame(string error)
    {
        if (Invalid().Match(error) is { Success: true } invalid) return $"{Place(invalid.Groups[1].Value)} is not a requirement such as 'pandas==2.2.0'.";
        return Missing().Match(error) is { Success: true } missing ? $"{Place(missing.Groups[1].Value)}: no package of that name and version can be found." : null;
    }

    private string Place(string wanted)
    {
        var lines = Text.ReplaceLineEndings("\n").Split('\n');
        var index = Array.FindIndex(lines, line => Bare(line) == wanted);
        if (index < 0) index = Array.FindIndex(lines, line => Name(Bare(line)) is { Length: > 0 } name && name == Name(wanted));
        return index < 0 ? $"'{wanted}' (which another package requires)" : $"line {index + 1}: '{Bare(lines[index])}'";
    }

    private static string Bare(string line) => Comment().Replace(line, "").Trim();

    private static string Name(string requirement) => PackageName().Match(requirement).Value.ToLowerInvariant().Replace('_', '-');

    [GeneratedRegex(@"(^|\s)#.*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"^(-i|-f|--index-url|--extra-index-url|--find-links|--no-index|--trusted-host|--pre|--prefer-binary|--only-binary|--no-binary)\b")]
    private static partial Regex Sources();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]*")]
    private static partial Regex PackageName();

    [GeneratedRegex("Invalid requirement: '([^']*)'")]
    private static partial Regex Invalid();

    [GeneratedRegex(@"No matching distribution found for ([^\s(]+(?:\s*[<>=!~][^(]*)?)")]
    private static partial Regex Missing();
}
