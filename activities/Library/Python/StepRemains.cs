using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;

namespace Flows.Library.Python;

/// <summary>
/// Ends what is left of a step that nobody keeps any more, by what its keeper wrote into its work folder: <c>.process.json</c> with
/// number and start time (clock ticks since the machine started, field 22 of proc(5)'s stat) of keeper and script.
/// </summary>
public static class StepRemains
{
    private const int KillNow = 9;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    // One that forks and ends may be between two of its numbers when it is looked for; hardly each time. A look is many glances, one
    // right after the other, at whatever was not there before: three looks of a single glance missed one in thirty.
    private const int Looks = 3, Glances = 100;

    /// <summary>Returns once no process of the step is left, with how many there were.</summary>
    /// <remarks>Known by number and start time, by the script's session and group, by a working folder inside the step's, and by its variables.</remarks>
    public static async Task<int> EndAsync(string workFolder, CancellationToken cancellation = default)
    {
        var noted = Noted(workFolder);
        var marker = Encoding.UTF8.GetBytes($"FLOWS_OUTPUT_DIR={Path.GetFullPath(workFolder)}/");
        var ended = new HashSet<int>();
        using var tick = new PeriodicTimer(Tick);
        for (var quiet = 0; quiet < Looks;)
        {
            quiet++;
            var innocent = new HashSet<int> { Environment.ProcessId };
            foreach (var process in Enumerable.Range(0, Glances).SelectMany(_ => Left(workFolder, noted, marker, innocent)))
            {
                _ = Kill(process, KillNow);
                ended.Add(process);
                quiet = 0;
            }
            if (quiet < Looks) await tick.WaitForNextTickAsync(cancellation);
        }
        return ended.Count;
    }

    /// <summary>The process that keeps the step of a work folder, and below which all of the step's are; null when it has none now.</summary>
    internal static int? KeeperOf(string workFolder) => Noted(workFolder) is [_, var keeper] ? keeper.Pid : null;

    private static List<(int Pid, long Started)> Noted(string workFolder)
    {
        try
        {
            var note = JsonNode.Parse(File.ReadAllText(Path.Combine(workFolder, ".process.json")))!;
            return [.. ((string[])["script", "keeper"]).Select(role => ((int)note[role]!["pid"]!, (long)note[role]!["started"]!))];
        }
        catch (Exception unreadable) when (unreadable is IOException or System.Text.Json.JsonException or NullReferenceException or InvalidOperationException)
        {
            return [];
        }
    }

    // The newest first, each as it is looked at: whoever forks and ends would be gone by the time that all others were.
    private static IEnumerable<int> Left(string workFolder, List<(int Pid, long Started)> noted, byte[] marker, HashSet<int> innocent)
    {
        foreach (var pid in Running().Where(pid => !innocent.Contains(pid)).OrderDescending())
        {
            if (Stat(pid) is not { } stat) continue;
            var variables = Variables(pid);
            if (stat[0] is "Z" or "X") innocent.Add(pid);
            else if (IsNoted(pid, stat, noted) || IsIn(pid, workFolder) || variables.AsSpan().IndexOf(marker) >= 0) yield return pid;
            // One that is becoming another program has no variables for a moment; the kernel's own threads (children of 2) never have any.
            else if (variables.Length > 0 || stat[1] is "2") innocent.Add(pid);
        }
    }

    private static IEnumerable<int> Running() =>
        Directory.EnumerateDirectories("/proc").Select(path => int.TryParse(Path.GetFileName(path.AsSpan()), out var pid) ? pid : 0).Where(pid => pid > 0);

    // A group or session outlives its first process; its number is not given to another as long as it does.
    private static bool IsNoted(int pid, string[] stat, List<(int Pid, long Started)> noted) => noted.Any(one =>
        one.Pid == pid && Started(stat) == one.Started
        || Started(stat) >= one.Started && noted.Any(other => stat[2] == $"{other.Pid}" || stat[3] == $"{other.Pid}"));

    // From the third field on: state, parent, group, session, …
    private static string[]? Stat(int pid)
    {
        try { return File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1].Split(' '); }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException) { return null; }
    }

    private static long Started(string[] stat) => long.Parse(stat[19], CultureInfo.InvariantCulture);

    private static bool IsIn(int pid, string workFolder)
    {
        try { return $"{new FileInfo($"/proc/{pid}/cwd").LinkTarget}/".StartsWith($"{Path.GetFullPath(workFolder)}/", StringComparison.Ordinal); }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException) { return false; }
    }

    private static byte[] Variables(int pid)
    {
        try { return File.ReadAllBytes($"/proc/{pid}/environ"); }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException) { return []; }
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
}
