using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Flows.Hub.Deployments;

/// <summary>What .NET does not say about processes.</summary>
internal static class Processes
{
    private const int Terminate = 15;

    /// <summary>Start of a process in clock ticks since boot (field 22 of <c>/proc/…/stat</c>); null when it does not run.</summary>
    public static long? StartTicks(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            // The second field is a name in brackets that may hold anything.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : long.Parse(fields[19]);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>The running process that a note is about; null when it is gone.</summary>
    public static Process? Find(ProcessNote note)
    {
        try
        {
            return StartTicks(note.ProcessId) == note.StartTicks ? Process.GetProcessById(note.ProcessId) : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Asks a process to end, and ends it when it has not within the patience.</summary>
    public static async Task StopAsync(Process process, TimeSpan patience)
    {
        if (process.HasExited) return;
        _ = kill(process.Id, Terminate);
        using var limit = new CancellationTokenSource(patience);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int id, int signal);
}
