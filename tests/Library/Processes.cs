using System.Runtime.InteropServices;
using Flows.Contract.Activities;

namespace Flows.Tests.Library;

/// <summary>Looks at processes of this machine, and ends them.</summary>
internal static class Processes
{
    // A killed child of a killed parent may wait for its new parent to take notice: a zombie runs no more.
    public static bool IsGone(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1].StartsWith('Z');
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    public static void Kill(int pid) => Assert.Equal(0, Signal(pid, 9));

    /// <summary>Kills a process that may be gone already.</summary>
    public static void TryKill(int pid) => _ = Signal(pid, 9);

    public static void Stop(int pid) => Assert.Equal(0, Signal(pid, 19));

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Signal(int process, int signal);
}

/// <summary>A program's surroundings with warm parents, in a folder of its own.</summary>
public sealed class WarmHost : IAsyncDisposable
{
    public WarmHost() => Host = new StepHost(Folder);

    public string Folder { get; } = Directory.CreateTempSubdirectory("flows-host-").FullName;

    public StepHost Host { get; }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
