using System.Diagnostics;
using Flows.Hub;

namespace Flows.Tests.Cli;

/// <summary>The program as a process, in a folder of its own that goes when this is disposed.</summary>
internal sealed class FlowsProgram : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("flows-cli-").FullName;

    /// <summary>Variables that it is started with.</summary>
    public Dictionary<string, string> Settings { get; } = [];

    public string Write(string name, string content)
    {
        File.WriteAllText(Path.Combine(Folder, name), content);
        return name;
    }

    public async Task<Ended> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        return await EndAsync(process);
    }

    /// <summary>The same with something on its standard input.</summary>
    public async Task<Ended> TellAsync(string input, params string[] arguments)
    {
        using var process = Start(arguments);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        return await EndAsync(process);
    }

    public Process Start(params string[] arguments)
    {
        // A shell that runs tests in the background leaves SIGINT ignored for all its children.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", typeof(HubHost).Assembly.Location, .. arguments])
        {
            WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        start.Environment.Remove("FLOWS_SERVER");
        foreach (var (name, value) in Settings) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public static async Task<Ended> EndAsync(Process process)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            return new Ended(process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

internal sealed record Ended(int Code, string Output, string Error);
