using System.Diagnostics;
using System.Runtime.InteropServices;
using Flows.Contract.Activities;

namespace Flows.Library.Python;

/// <param name="LastErrors">The last lines of standard error, oldest first.</param>
public sealed record ProcessEnd(int ExitCode, IReadOnlyList<string> LastErrors);

/// <summary>
/// A step's process: in a session and process group of its own, so that it ends together with whatever it started.
/// Its environment is what it is given and nothing that this program happens to have.
/// </summary>
public sealed class StepProcess(IStepLog log, TimeProvider time)
{
    private const int Terminate = 15;
    private const int KillNow = 9;

    /// <summary>Time between asking a cancelled process to end and ending it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Runs a program to its end; on cancellation its whole group is ended first.</summary>
    public async Task<ProcessEnd> RunAsync(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, string folder, CancellationToken cancellation)
    {
        using var process = Process.Start(StartInfo(command, environment, folder)) ?? throw new ActivityFault($"'{command[0]}' could not be started.");
        var output = new StepOutput(log);
        var pump = output.PumpAsync(process.StandardOutput.BaseStream, process.StandardError.BaseStream);
        try
        {
            await process.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            await EndGroupAsync(process);
            throw;
        }
        // What a script left running in the background would hold its outputs open, and outlive its step.
        SignalGroup(process.Id, KillNow);
        await pump;
        return new ProcessEnd(process.ExitCode, output.LastErrors);
    }

    // `setsid` becomes the program itself, so the process id is that of session and group. Standard input stays open as long
    // as this program lives: the step watches it and ends when it closes, even if this program was killed.
    private static ProcessStartInfo StartInfo(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, string folder)
    {
        var start = new ProcessStartInfo("setsid", command)
        {
            WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return start;
    }

    private async Task EndGroupAsync(Process process)
    {
        SignalGroup(process.Id, Terminate);
        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // Before the group, or else nobody knows them: children that left it for a session of their own are found by their parents.
            process.Kill(entireProcessTree: true);
            log.Write(LogLevel.Warning, "The process did not end when asked to, and was killed.");
        }
        finally
        {
            SignalGroup(process.Id, KillNow);
        }
    }

    private static void SignalGroup(int group, int signal) => _ = Kill(-group, signal);

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int process, int signal);
}
