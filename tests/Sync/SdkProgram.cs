using System.Diagnostics;

namespace Flows.Tests.Sync;

/// <summary>A Python script that runs outside of any step, in a folder of its own, with the SDK on its path.</summary>
internal sealed class SdkProgram : IDisposable
{
    private readonly Dictionary<string, string> _settings = [];

    public string Folder { get; } = Directory.CreateTempSubdirectory("flows-sdk-").FullName;

    public string Recorded => Path.Combine(Folder, ".flows");

    /// <summary>Folders of the runs that were recorded, oldest first.</summary>
    public IReadOnlyList<string> Runs => [.. Directory.EnumerateDirectories(Path.Combine(Recorded, "runs")).Order(StringComparer.Ordinal)];

    public string RunId => Path.GetFileName(Assert.Single(Runs));

    public SdkProgram With(string name, string value)
    {
        _settings[name] = value;
        return this;
    }

    public async Task<(int Code, string Output, string Errors)> RunAsync(string script, string name = "train.py")
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, name), script);
        using var process = Start(name);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }

    public async Task<string> GoodAsync(string script, string name = "train.py")
    {
        var (code, output, errors) = await RunAsync(script, name);
        Assert.True(code == 0, output + errors);
        return errors;
    }

    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/python3", arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("FLOWS_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        start.Environment["PYTHONPATH"] = Path.Combine(AppContext.BaseDirectory, "python");
        foreach (var (name, value) in _settings) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
