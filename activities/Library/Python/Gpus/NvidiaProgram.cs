using System.Diagnostics;

namespace Flows.Library.Python.Gpus;

/// <summary>NVIDIA's program that knows of GPUs, asked once and answering line by line, for as long as it is let.</summary>
public static class NvidiaProgram
{
    // It ends with this program, however that ends, since the shell's standard input closes then; and whoever waits for it waits for the shell alone,
    // for a program that hangs in the driver cannot even be killed. Its lines are wanted as it writes them, not by the page.
    private const string UntilToldOrLeft = """
        command -v stdbuf >/dev/null && set -- stdbuf -oL "$@"
        "$@" </dev/null 2>/dev/null &
        exec >/dev/null 2>&1
        read -r _
        kill -9 $!
        """;

    // Whoever only says what nobody understands, and perhaps very much of it, is not listened to.
    private const int MostStrangeLines = 1000;

    /// <summary>Where it is, by PATH; null on a machine without it.</summary>
    public static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, "nvidia-smi")).FirstOrDefault(File.Exists);

    /// <summary>Ends when the program ends or says too much that nobody understands; never fails.</summary>
    internal static async Task ListenAsync(string program, IGpuLines lines, Action<GpuGlance> hear, CancellationToken cancellation)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var shell = Start(program, lines.Question);
        if (shell is null) return;
        var strange = 0;
        try
        {
            await LogLines.PumpAsync(shell.StandardOutput.BaseStream, Take).WaitAsync(enough.Token);
        }
        catch (Exception over) when (over is OperationCanceledException or IOException) { }
        finally
        {
            shell.StandardInput.Close();
        }

        void Take(string line)
        {
            enough.Token.ThrowIfCancellationRequested();
            var (isKnown, glance) = lines.Read(line);
            strange = isKnown ? 0 : strange + 1;
            if (strange > MostStrangeLines) enough.Cancel();
            if (glance is not null) hear(glance);
        }
    }

    private static Process? Start(string program, IEnumerable<string> question)
    {
        try
        {
            return Process.Start(new ProcessStartInfo("/bin/sh", ["-c", UntilToldOrLeft, "sh", program, .. question]) { RedirectStandardInput = true, RedirectStandardOutput = true });
        }
        catch (System.ComponentModel.Win32Exception) { return null; }
    }
}
