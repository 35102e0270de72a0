using System.Diagnostics;
using Flows.Contract.Runs;
using Flows.Tests.Architecture;
using Flows.Tests.Support;
using Scripts = Flows.Tests.Robustness.Python;

namespace Flows.Tests.Runners;

/// <summary>What docker-compose.yml describes, as processes: an orchestrator that leaves steps to others, PostgreSQL, two runners.</summary>
public sealed class TopologyTests(PostgresServer postgres) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flows-topology-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task An_orchestrator_and_two_runners_on_one_database_carry_out_a_flow_with_Python_steps()
    {
        Scripts.Required();
        const string token = "token-of-the-topology";
        var storage = await postgres.NewDatabaseAsync();
        await using var server = await HubProcess.StartAsync(Path.Combine(_folder, "hub"), storage, new HubProcessOptions { Capacity = 0, RunnerToken = token });
        await using var one = Runner(server, storage, token, "runner-1");
        await using var two = Runner(server, storage, token, "runner-2");
        await server.Http.ImportFlowAsync(RunnerSite.AtOnce("python", [.. Enumerable.Range(0, 4).Select(i => Scripts.Step($"s{i}", $"import time\ntime.sleep(1)\nprint('step {i}')"))]));

        var run = await server.Http.StartRunAsync("python");
        var record = await server.Http.UntilRunAsync(run, record => record.Status == RunStatus.Finished);

        Assert.Equal(RunSubStatus.Finished, record.SubStatus);
        Assert.Equal(["runner-1", "runner-2"], record.Steps.Where(step => step.ActivityType == "Flows.PythonScript").Select(step => step.Runner).Distinct().Order());
        var log = await server.Http.GetStringAsync($"/api/runs/{run}/logs");
        Assert.All(Enumerable.Range(0, 4), i => Assert.Contains($"step {i}", log));
    }

    [Fact]
    public async Task The_compose_file_is_one()
    {
        var program = new[] { "/usr/bin/docker-compose", "/usr/local/bin/docker-compose" }.FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "no docker-compose on this machine: install Debian's docker-compose");
        var start = new ProcessStartInfo(program!, ["-f", Path.Combine(SourceTree.Root, "docker-compose.yml"), "config", "--quiet"]) { RedirectStandardError = true };
        (start.Environment["FLOWS_POSTGRES_PASSWORD"], start.Environment["FLOWS_RUNNER_TOKEN"]) = ("secret", "secret");

        using var config = Process.Start(start)!;
        var said = await config.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await config.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(config.ExitCode == 0, said);
    }

    private RunnerProcess Runner(HubProcess server, string storage, string token, string name) =>
        RunnerProcess.Start("--server", server.Http.BaseAddress!.ToString(), "--token", token, "--storage", storage, "--name", name, "--capacity", "2", "--data", Path.Combine(_folder, name));
}
