using System.Text.Json.Nodes;
using Flows.Contract.Runs;
using Flows.Hub;
using Flows.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Flows.Tests.Robustness;

/// <summary>The polite kill, to the real program in the middle of its work.</summary>
public sealed class StoppingTests : IDisposable
{
    // The bar is ten; the machine may be busy.
    private const double SecondsToStop = 20;

    private readonly string _data = Directory.CreateTempSubdirectory("flows-stopped-").FullName;

    public void Dispose()
    {
        try { Directory.Delete(_data, recursive: true); }
        catch (IOException) { /* what stops late writes on for a moment */ }
    }

    [Fact]
    public async Task A_server_that_is_watched_and_waited_for_stops_with_0_and_the_next_one_finishes_its_runs()
    {
        string waiting, busy;
        await using (var server = await HubProcess.StartAsync(_data))
        {
            await server.Http.ImportFlowAsync(Some.Chain("wait", Some.Line("a", "before"), Some.Delay("d", 4), Some.Line("b", "after")));
            await server.Http.ImportFlowAsync(Some.Chain("busy", [.. Enumerable.Range(0, 2_000).Select(i => Some.Line($"l{i}", $"{i}"))]));
            waiting = await server.Http.StartRunAsync("wait");
            await server.Http.UntilRunAsync(waiting, record => record.SubStatus == RunSubStatus.Suspended);
            busy = await server.Http.StartRunAsync("busy");
            await server.Http.UntilRunAsync(busy, record => record.Lines.Count > 10);
            var watcher = server.Http.GetStringAsync($"/api/runs/{waiting}/events");
            var logs = server.Http.SendAsync(new HttpRequestMessage(HttpMethod.Get, $"/api/runs/{waiting}/logs") { Headers = { { "Accept", "text/event-stream" } } });
            var asked = server.Http.PostAsync("/api/flows/wait/runs?wait=300", new StringContent("{}", System.Text.Encoding.UTF8, "application/json"));
            await server.Http.UntilListedAsync(runs => runs.Count == 3);

            await server.TerminateAsync(SecondsToStop);

            Assert.StartsWith("event: record\n", await watcher);
            Assert.True((await logs).IsSuccessStatusCode);
            Assert.True((await asked).IsSuccessStatusCode);
        }

        await using var next = await HubProcess.StartAsync(_data);
        Assert.Equal(["before", "after"], (await next.Http.UntilRunAsync(waiting, record => record.Status == RunStatus.Finished)).Lines);
        Assert.Equal(Enumerable.Range(0, 2_000).Select(i => $"{i}"), (await next.Http.UntilRunAsync(busy, record => record.Status == RunStatus.Finished)).Lines);
        await next.Http.UntilListedAsync(runs => runs.All(run => run!["subStatus"]!.GetValue<string>() == "Finished"));
    }

    [Fact]
    public async Task A_part_that_does_not_stop_in_time_is_no_failure_and_any_other_fault_is()
    {
        await Stopping.EvenIfLateAsync(() => StopAsync(async stopped => await Task.Delay(Timeout.Infinite, stopped)));

        await Assert.ThrowsAnyAsync<Exception>(() => Stopping.EvenIfLateAsync(() => StopAsync(_ => throw new InvalidOperationException("broken"))));
    }

    private static async Task StopAsync(Func<CancellationToken, Task> part)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(50)).AddHostedService(_ => new Part(part));
        using var host = builder.Build();
        await host.StartAsync();
        await host.StopAsync();
    }

    private sealed class Part(Func<CancellationToken, Task> stop) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellation) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellation) => stop(cancellation);
    }

    [Fact]
    public async Task A_script_that_does_not_listen_ends_with_the_server_and_is_run_again_by_the_next_one()
    {
        Python.Required();
        var (marker, pids) = (Path.Combine(_data, "second"), Path.Combine(_data, "pids"));
        string run;
        await using (var server = await HubProcess.StartAsync(_data))
        {
            await server.Http.ImportFlowAsync(Some.Chain("job", Python.Step("script", $"""
                import os, signal, subprocess, time
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                if not os.path.exists("{marker}"):
                    child = subprocess.Popen(["sleep", "600"])
                    open("{pids}.tmp", "w").write("%d %d" % (os.getpid(), child.pid)); os.rename("{pids}.tmp", "{pids}")
                    while True: time.sleep(0.02); print("still here", flush=True)
                """), Some.Line("z", "after")));
            run = await server.Http.StartRunAsync("job");
            await Eventually.TrueAsync(() => Task.FromResult(File.Exists(pids)));

            await server.TerminateAsync(SecondsToStop);
        }
        Assert.All((await File.ReadAllTextAsync(pids)).Split(' ').Select(int.Parse), pid => Assert.True(Python.IsGone(pid)));
        await File.WriteAllTextAsync(marker, "");

        await using var next = await HubProcess.StartAsync(_data);
        var record = await next.Http.UntilRunAsync(run, record => record.Status == RunStatus.Finished);
        Assert.Equal((RunSubStatus.Finished, 2), (record.SubStatus, record.Steps.Single(step => step.ActivityId == "script").Attempt));
        Assert.Equal(["after"], record.Lines);
    }

    [Fact]
    public async Task Stopping_that_takes_longer_than_it_may_is_no_failure()
    {
        Python.Required();
        await using var app = HubHost.Build(new HubOptions { Urls = "http://127.0.0.1:0", Data = _data }, builder =>
            builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(1)));
        await app.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        await http.ImportFlowAsync(Some.Chain("deaf", Python.Step("script", "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(600)")));
        var run = await http.StartRunAsync("deaf");
        await http.UntilRunAsync(run, record => record.Steps.Any(step => step is { ActivityId: "script", Status: StepStatus.Running }));

        var stopped = app.UntilStoppedAsync(CancellationToken.None);
        app.Lifetime.StopApplication();

        await stopped.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_training_ends_with_the_server()
    {
        await using var server = await HubProcess.StartAsync(_data);
        await server.Http.ImportFlowAsync(Some.Chain("train", Some.Activity("rows", "Flows.SqlTransform",
                ("sql", Some.Text("select sin(range) as y, " + string.Join(", ", Enumerable.Range(1, 40).Select(i => $"sin(range * {i}.5) as x{i}")) + " from range(60000)")),
                ("result", new JsonObject { ["typeName"] = "Object", ["memoryReference"] = new JsonObject { ["id"] = "v" } })),
            Some.Activity("train", "Flows.TrainModel", ("label", Some.Text("y")), ("trainer", Some.Text("LightGbm")), ("trees", Some.Text("10000")), ("leaves", Some.Text("500")),
                ("rows", new JsonObject { ["typeName"] = "Object", ["expression"] = new JsonObject { ["type"] = "Variable", ["value"] = new JsonObject { ["id"] = "v", ["name"] = "v" } } }))
            ).WithVariable("v"));
        var run = await server.Http.StartRunAsync("train");
        await Eventually.TrueAsync(async () => (await server.Http.GetStringAsync($"/api/runs/{run}/logs")).Contains("Training lightGbm"), seconds: 120);

        await server.TerminateAsync(SecondsToStop);
    }
}
