using System.Runtime.InteropServices;

namespace Flows.ModelServer;

/// <summary>
/// Leaves the starter's process group: Ctrl-C in the terminal of the server that started it is not meant for it, and it
/// outlives that server's crash.
/// </summary>
internal static class OwnSession
{
    public static void Begin()
    {
        // Fails only when this process leads a group already, which is what is wanted.
        if (OperatingSystem.IsLinux()) _ = setsid();
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int setsid();
}
