using System.Diagnostics;
using Flows.Hub.Storage;
using Flows.Tests.Support;

namespace Flows.Benchmarks;

/// <summary>The published program from process start until <c>/health/ready</c> answers, and what it holds in memory when nothing runs.</summary>
public static class StartBench
{
    private const double Megabyte = 1024 * 1024;

    public static async Task<IReadOnlyList<BenchResult>> RunAsync()
    {
        var (program, best, again, memory) = (await PublishedHub.FolderAsync(), double.MaxValue, double.MaxValue, 0.0);
        for (var round = 0; round < 4; round++)
        {
            var data = Directory.CreateTempSubdirectory("flows-bench-").FullName;
            var (seconds, resident) = await OnceAsync(program, data);
            (best, memory) = (Math.Min(best, seconds), Math.Max(memory, resident));
            again = Math.Min(again, (await OnceAsync(program, data)).Seconds);
            Directory.Delete(data, recursive: true);
        }
        return
        [
            new BenchResult("start", $"process start to ready, new data folder, best of 4; on an existing one {again:0.00} s", best, "s", 2, best / 2, "< 2 s"),
            new BenchResult("start", "resident memory, idle (Node-RED 401 MB, n8n 1.27 GB at peak)", memory, "MB", 250, memory / 250, "< 250 MB"),
        ];
    }

    private static async Task<(double Seconds, double Megabytes)> OnceAsync(string program, string data)
    {
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(program, "flows.dll"), "serve", "--urls", "http://127.0.0.1:0", "--data", data]) { RedirectStandardOutput = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        try
        {
            await ReadyAsync(data, process);
            var seconds = watch.Elapsed.TotalSeconds;
            await Task.Delay(TimeSpan.FromSeconds(3));
            process.Refresh();
            return (seconds, process.WorkingSet64 / Megabyte);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
            // It was killed, and did not take back where it answers.
            File.Delete(Path.Combine(data, "owner.json"));
        }
    }

    private static async Task ReadyAsync(string data, Process process)
    {
        using var http = new HttpClient();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (await tick.WaitForNextTickAsync())
        {
            if (process.HasExited) throw new InvalidOperationException($"The server ended with {process.ExitCode}.");
            if (DataFolder.OwnerOf(data) is { } owner && (await http.GetAsync(owner.Url + "/health/ready")).IsSuccessStatusCode) return;
        }
    }
}
