using System.Diagnostics;
using System.Text;

namespace Flows.Tests.Support;

/// <summary>A runner as a process of its own, in a folder that a test may give to the next one.</summary>
public sealed class RunnerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _said = new();
    private bool _isDisposed;

    private RunnerProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public int ExitCode => _process.ExitCode;

    public bool HasExited => _process.HasExited;

    public string Said
    {
        get { lock (_said) return _said.ToString(); }
    }

    public static RunnerProcess Start(params string[] arguments) => StartIn([], arguments);

    /// <param name="around">A program that it is started by, with its arguments.</param>
    public static RunnerProcess StartIn(IReadOnlyList<string> around, params string[] arguments)
    {
        string[] command = [.. around, "dotnet", Path.Combine(AppContext.BaseDirectory, "flows.dll"), "runner", .. arguments];
        return new(Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!);
    }

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"])!;
    }

    public async Task<int> ExitAsync(double seconds = 60)
    {
        await Eventually.TrueAsync(() => Task.FromResult(_process.HasExited), () => $"the runner did not end within {seconds} s: {Said}", seconds);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_said) _said.AppendLine(line.Data);
    }
}
