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

    // One that forks and ends may be between two of its numbers when it is looked for; hardly each time.
    private const int Looks = 3;

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
            foreach (var process in Left(workFolder, noted, marker))
            {
                _ = Kill(process, KillNow);
                ended.Add(process);
                quiet = 0;
            }
            if (quiet < Looks) await tick.WaitForNextTickAsync(cancellation);
        }
        return ended.Count;
    }

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
    private static IEnumerable<int> Left(string workFolder, List<(int Pid, long Started)> noted, byte[] marker)
    {
        var groups = noted.Select(one => one.Pid.ToString(CultureInfo.InvariantCulture)).ToHashSet();
        return Directory.EnumerateDirectories("/proc").Select(path => int.TryParse(Path.GetFileName(path), out var pid) ? pid : 0).OrderDescending()
            .Where(pid => pid > 0 && pid != Environment.ProcessId && Stat(pid) is { } stat && stat[0] is not ("Z" or "X")
                && (noted.Any(one => one.Pid == pid && Started(stat) == one.Started)
                    // A group or session outlives its first process; its number is not given to another as long as it does.
                    || noted.Any(one => Started(stat) >= one.Started) && (groups.Contains(stat[2]) || groups.Contains(stat[3]))
                    || IsIn(pid, workFolder) || Variables(pid).AsSpan().IndexOf(marker) >= 0));
    }

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
