using System.Diagnostics;
using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Activities;

namespace Flows.Library.Python;

/// <summary>
/// A step's program, below a keeper of its own (<c>flows.worker.alone</c>): in a session of its own, with the environment that it is given
/// and nothing that this program happens to have, held to its limits. It ends together with whatever it started.
/// </summary>
internal sealed class StepProcess(IStepLog log, TimeProvider time)
{
    private static readonly byte[] Terminate = "T"u8.ToArray();
    private static readonly byte[] KillNow = "K"u8.ToArray();

    /// <summary>Time between asking a cancelled process to end and ending it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Time that a keeper has to report the end of what it was told to kill.</summary>
    public static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(10);

    public StepLimits Limits { get; init; } = StepLimits.None;

    /// <inheritdoc cref="PythonCall.Watch"/>
    public IReadOnlyList<string>? Watch { get; init; }

    /// <summary>Runs a program to its end; on cancellation it is ended first.</summary>
    /// <param name="command">Path of the program, then its arguments.</param>
    /// <param name="folder">The step's own: its processes are noted there.</param>
    /// <exception cref="ActivityFault">There is no Python 3 to keep it.</exception>
    /// <exception cref="StepLost">Its keeper was killed.</exception>
    public async Task<ProcessEnd> RunAsync(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, string folder, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var end = Path.Combine(folder, ".end");
        File.Delete(end);
        using var keeper = Start(end);
        var output = new StepOutput(log);
        var pump = output.PumpAsync(keeper.StandardOutput.BaseStream, keeper.StandardError.BaseStream);
        await AskAsync(keeper, command, environment, folder);
        await UntilEndedAsync(keeper, cancellation);
        var said = File.Exists(end) ? await File.ReadAllTextAsync(end, CancellationToken.None) : null;
        if (said is null) await StepRemains.EndAsync(folder, CancellationToken.None);
        await StepOutput.UntilReadAsync(pump, time);
        cancellation.ThrowIfCancellationRequested();
        return KeeperWords.Ended(said, output.LastErrors) ?? throw Lost(output.LastErrors);
    }

    internal static StepLost Lost(IReadOnlyList<string> lastErrors) =>
        new(string.Join('\n', lastErrors.TakeLast(3).Prepend("The script was lost: the process that kept it was killed.")));

    private static Process Start(string end)
    {
        var python = PythonInterpreter.Find([]) ?? throw new ActivityFault("There is no Python 3 on this machine. Install python3.");
        var start = new ProcessStartInfo(python.Path, ["-B", "-S", "-m", "flows.worker.alone", end])
        {
            WorkingDirectory = "/", RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in StepVariables.Machine()) start.Environment[name] = value;
        return Process.Start(start) ?? throw new ActivityFault($"'{python.Path}' could not be started.");
    }

    private async Task AskAsync(Process keeper, IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, string folder)
    {
        var request = JsonSerializer.SerializeToUtf8Bytes(new { command, arguments = Array.Empty<string>(), environment, folder, limits = Limits, watch = Watch }, ContractJson.Options);
        await SayAsync(keeper, [.. request, (byte)'\n']);
    }

    private async Task UntilEndedAsync(Process keeper, CancellationToken cancellation)
    {
        try
        {
            await keeper.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            if (await EndsAsync(keeper, Terminate, Patience)) return;
            log.Write(LogLevel.Warning, "The process did not end when asked to, and was killed.");
            if (!await EndsAsync(keeper, KillNow, KillLimit)) keeper.Kill();
        }
    }

    private async Task<bool> EndsAsync(Process keeper, byte[] order, TimeSpan limit)
    {
        await SayAsync(keeper, order);
        try
        {
            await keeper.WaitForExitAsync(CancellationToken.None).WaitAsync(limit, time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    // Standard input stays open as long as this program lives: when it closes, the keeper ends what it keeps.
    private static async Task SayAsync(Process keeper, byte[] words)
    {
        try
        {
            await keeper.StandardInput.BaseStream.WriteAsync(words);
            await keeper.StandardInput.BaseStream.FlushAsync();
        }
        catch (IOException) { /* it has ended */ }
    }
}
