using System.Diagnostics;

namespace Flows.ModelServer.Models;

/// <summary>Finds a Python that has a module: the first one on the path often is not the one with the libraries.</summary>
internal static class PythonPath
{
    public static async Task<string> FindAsync(string module)
    {
        var candidates = Candidates().Distinct().ToList();
        foreach (var candidate in candidates)
            if (await HasAsync(candidate, module)) return candidate;
        throw new ModelFault($"no Python with the module {module} was found (looked at {string.Join(", ", candidates)}); install python3-{module} or set FLOWS_PYTHON");
    }

    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable("FLOWS_PYTHON") is { Length: > 0 } chosen) yield return chosen;
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/bin"))
            if (File.Exists(Path.Combine(folder, "python3"))) yield return Path.Combine(folder, "python3");
    }

    private static async Task<bool> HasAsync(string python, string module)
    {
        var start = new ProcessStartInfo(python) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])["-c", $"import importlib.util,sys;sys.exit(importlib.util.find_spec('{module}') is None)"]) start.ArgumentList.Add(argument);
        try
        {
            using var process = Process.Start(start)!;
            await process.WaitForExitAsync();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
