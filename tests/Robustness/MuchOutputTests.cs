using System.Net.Http.Json;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Tests.Library;
using Flows.Tests.Support;

namespace Flows.Tests.Robustness;

/// <summary>A script that talks without end. What it costs is measured of this whole program, so no other test runs.</summary>
[Collection(Alone.Name)]
public sealed class MuchOutputTests : IAsyncLifetime
{
    private TestHub _hub = null!;

    public async ValueTask InitializeAsync() => _hub = await TestHub.StartAsync();

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task A_hundred_megabytes_of_output_cost_neither_memory_nor_disk_nor_health()
    {
        Python.Required();
        await _hub.ImportAsync(Some.Chain("chatty", Python.Step("script", """
            import sys
            for i in range(1_000_000): sys.stdout.write("x" * 99 + "\n")
            sys.stdout.write("y" * 10_000_000)
            """), Some.Line("z", "went on")));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var run = await _hub.StartRunAsync("chatty");
        using var watching = new CancellationTokenSource();
        var watcher = DrainAsync(run, watching.Token);
        var most = 0L;

        RunRecord record;
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        do
        {
            await tick.WaitForNextTickAsync(CancellationToken.None);
            await _hub.HealthyAsync();
            most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: false));
            record = await _hub.RecordAsync(run);
        }
        while (record.Status != RunStatus.Finished);
        await watcher;

        Assert.Equal((RunSubStatus.Finished, "went on"), (record.SubStatus, Assert.Single(record.Lines)));
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 24 << 20, "memory was kept");
        Assert.True(most - before < 200 << 20, $"at most {(most - before) >> 20} MB more than before");
        Assert.InRange(new FileInfo(Path.Combine(_hub.Data, "logs", run + ".jsonl")).Length, 9 << 20, 12 << 20);
        var last = (await _hub.Http.GetFromJsonAsync<List<LogLine>>($"/api/runs/{run}/logs", ContractJson.Options))![^1];
        Assert.Contains("more lines were dropped", last.Text);
        Assert.Equal("script", last.ActivityId);
    }

    private async Task DrainAsync(string run, CancellationToken cancellation)
    {
        await using var events = await _hub.Http.GetStreamAsync($"/api/runs/{run}/events", cancellation);
        await events.CopyToAsync(Stream.Null, cancellation);
    }
}
