using System.Diagnostics;
using System.Globalization;

namespace Flows.Tests.Python;

/// <summary>A program in place of <c>nvidia-smi</c>, in a folder of its own: it says what is written into its pipes, as it is written.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
internal sealed class StandInGpus : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flows-gpu-").FullName;
    private readonly Dictionary<string, FileStream> _open = [];

    public StandInGpus()
    {
        foreach (var pipe in (string[])["memory", "busy", "gate"]) Process.Start("mkfifo", [In(pipe)]).WaitForExit();
        // Opened for both: who writes to it may come and go.
        Does($"echo $$ >> $0.pids; case $1 in --query-compute-apps*) exec cat 0<> {In("memory")};; pmon) exec cat 0<> {In("busy")};; *) echo 'Stand-in, 1.0';; esac");
    }

    /// <summary>Where what it says of memory is written.</summary>
    public string Memory => In("memory");

    /// <summary>The folder to have on PATH.</summary>
    public string Folder => _folder;

    public string Program => In("nvidia-smi");

    /// <summary>Whoever reads it waits until <see cref="OpenAsync"/>.</summary>
    public string Gate => In("gate");

    /// <summary>What it is from now on, as a shell's text.</summary>
    public void Does(string shell)
    {
        File.WriteAllText(Program, shell.StartsWith("#!", StringComparison.Ordinal) ? shell : $"#!/bin/sh\n{shell}\n");
        File.SetUnixFileMode(Program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public Task SayMemoryAsync(params string[] lines) => WriteAsync("memory", lines);

    public Task SayBusyAsync(params string[] lines) => WriteAsync("busy", lines);

    public async Task OpenAsync() => await Task.Run(() => File.WriteAllText(Gate, ""));

    /// <summary>Processes of it that said so.</summary>
    public IReadOnlyList<int> Started() => File.Exists(Program + ".pids") ? [.. File.ReadAllLines(Program + ".pids").Select(pid => int.Parse(pid, CultureInfo.InvariantCulture))] : [];

    // Opening waits for the reader.
    private async Task WriteAsync(string pipe, string[] lines)
    {
        if (!_open.TryGetValue(pipe, out var stream)) stream = _open[pipe] = await Task.Run(() => new FileStream(In(pipe), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0));
        await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));
    }

    private string In(string name) => Path.Combine(_folder, name);

    public void Dispose()
    {
        foreach (var stream in _open.Values) stream.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
