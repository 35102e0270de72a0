using System.Collections;
using System.Text.RegularExpressions;
using Flows.Contract.Secrets;
using Microsoft.Extensions.Options;

namespace Flows.Hub.Secrets;

/// <summary>Secrets that the server is given from outside: files of a mounted folder and variables of its environment, read anew each time.</summary>
public sealed partial class OutsideSecrets(IOptions<SecretsOptions> options)
{
    /// <summary>The folder's first; null when neither has it.</summary>
    public string? Find(string name) => !SecretUse.IsName(name) ? null
        : FileOf(name) is { } file ? OfFile(file)
        : VariableOf(name) is { } variable && Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;

    /// <summary>Names with where they are from. Variables are called by what follows the prefix.</summary>
    public IReadOnlyList<SecretSummary> List() => [.. Files().Select(name => new SecretSummary(name, "folder")), .. Variables().Select(name => new SecretSummary(name, "environment"))];

    private string? FileOf(string name) => options.Value.Folder is { Length: > 0 } folder && File.Exists(Path.Combine(folder, name)) ? Path.Combine(folder, name) : null;

    private static string OfFile(string file)
    {
        var text = File.ReadAllText(file);
        return text.EndsWith('\n') ? text[..^1].TrimEnd('\r') : text;
    }

    private IEnumerable<string> Files() => options.Value.Folder is { Length: > 0 } folder && Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file)).Where(SecretUse.IsName).Order(StringComparer.Ordinal)
        : [];

    private string? VariableOf(string name) => options.Value.EnvironmentPrefix is { Length: > 0 } prefix ? prefix + NoWord().Replace(name, "_").ToUpperInvariant() : null;

    private IEnumerable<string> Variables() => options.Value.EnvironmentPrefix is { Length: > 0 } prefix
        ? Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(one => (string)one.Key)
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && SecretUse.IsName(name[prefix.Length..])).Select(name => name[prefix.Length..]).Order(StringComparer.Ordinal)
        : [];

    [GeneratedRegex("[^A-Za-z0-9]")]
    private static partial Regex NoWord();
}
