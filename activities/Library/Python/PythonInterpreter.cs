using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Flows.Library.Python;

/// <summary>
/// A Python on this machine. Several may be installed and each sees other packages (Debian's <c>/usr/bin/python3</c> those of apt):
/// the one that finds most of the modules is taken, Debian's first.
/// </summary>
/// <param name="Missing">Modules it does not find.</param>
public sealed partial record PythonInterpreter(string Path, IReadOnlyList<string> Missing)
{
    private const string Question = "import importlib.util,sys; print(*[m for m in sys.argv[1:] if importlib.util.find_spec(m) is None])";

    // What is missing may be installed: such an answer is asked for again after a while. What is there stays.
    private static readonly TimeSpan Trusted = TimeSpan.FromSeconds(30);

    private static readonly ConcurrentDictionary<string, (IReadOnlyList<string>? Missing, long AskedAt)> Answers = new();

    /// <summary>The best interpreter for these modules; null when there is no Python 3 at all.</summary>
    public static PythonInterpreter? Find(IReadOnlyList<string> modules) => Best(Candidates(), modules);

    /// <summary>The same among these paths. Nobody is asked after the first that has them all: a start of Python costs more than many a step.</summary>
    public static PythonInterpreter? Best(IEnumerable<string> candidates, IReadOnlyList<string> modules)
    {
        PythonInterpreter? best = null;
        foreach (var path in candidates)
        {
            if (Ask(path, modules) is not { } missing) continue;
            if (best is null || missing.Count < best.Missing.Count) best = new PythonInterpreter(path, missing);
            if (missing.Count == 0) break;
        }
        return best;
    }

    /// <summary>The interpreter of that path, or of that version (<c>3.11</c>); null when there is none, or no name.</summary>
    public static string? Named(string? name)
    {
        if (string.IsNullOrWhiteSpace(name)) return null;
        return name.Contains('/', StringComparison.Ordinal) ? new[] { name.Trim() }.FirstOrDefault(File.Exists)
            : Folders().Select(folder => System.IO.Path.Combine(folder, "python" + name.Trim())).FirstOrDefault(File.Exists);
    }

    /// <summary>Names of the top-level modules that a script imports.</summary>
    public static IReadOnlyList<string> ModulesOf(string script) =>
        [.. Import().Matches(script).SelectMany(match => match.Groups[1].Success ? [match.Groups[1].Value] : match.Groups[2].Value.Split(',').Select(part => part.Trim().Split(' ', '.')[0])).Where(name => name is not ("" or "flows" or "__future__")).Distinct()];

    private static IEnumerable<string> Candidates() => Folders().Select(folder => System.IO.Path.Combine(folder, "python3")).Where(File.Exists).Distinct();

    private static IEnumerable<string> Folders() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Prepend("/usr/local/bin").Prepend("/usr/bin");

    private static IReadOnlyList<string>? Ask(string path, IReadOnlyList<string> modules)
    {
        var key = string.Join('\n', modules.Prepend(path));
        if (Answers.TryGetValue(key, out var known) && (known.Missing is { Count: 0 } || TimeProvider.System.GetElapsedTime(known.AskedAt) < Trusted)) return known.Missing;
        return (Answers[key] = (AskAnew(path, modules), TimeProvider.System.GetTimestamp())).Missing;
    }

    private static IReadOnlyList<string>? AskAnew(string path, IReadOnlyList<string> modules) =>
        Run(path, ["-I", "-c", Question, .. modules])?.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string? Run(string path, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start);
            if (process is null) return null;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            var answer = process.StandardOutput.ReadToEnd();
            return process.WaitForExit(TimeSpan.FromSeconds(20)) && process.ExitCode == 0 ? answer : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^[ \t]*(?:from[ \t]+([A-Za-z_]\w*)[\w.]*[ \t]+import|import[ \t]+([\w., \t]+))", RegexOptions.Multiline)]
    private static partial Regex Import();
}
