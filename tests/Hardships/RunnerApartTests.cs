using System.Net.Http.Json;
using Flows.Contract;
using Flows.Contract.Runners;
using Flows.Contract.Runs;
using Flows.Hub.Runners;
using Flows.Tests.Runners;
using Flows.Tests.Support;
using Npgsql;

namespace Flows.Tests.Hardships;

/// <summary>A runner is cut off from server and database for longer than it takes to be taken for dead.</summary>
public sealed class RunnerApartTests(PostgresServer postgres) : IDisposable
{
    private const string Token = "token-of-the-one-apart";

    private readonly string _folder = Directory.CreateTempSubdirectory("flows-apart-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_it_did_meanwhile_counts_unless_another_one_began_it_and_no_result_counts_twice()
    {
        using var apart = new Apart();
        var storage = await postgres.NewDatabaseAsync();
        await using var hub = await HubAsync(storage);
        await using var far = Far(apart, hub, storage);

        await NobodyElseBeginsItAsync(apart, hub, storage);
        await AnotherOneBeginsItAsync(apart, hub, storage);
    }

    private static async Task NobodyElseBeginsItAsync(Apart apart, HubProcess hub, string storage)
    {
        await hub.Http.ImportFlowAsync(RunnerSite.AtOnce("alone", RunnerSite.Probe("ended", 3), RunnerSite.Probe("goes-on", 25)));
        var run = await hub.Http.StartRunAsync("alone");
        await hub.Http.UntilRunAsync(run, record => record.Steps.Count(step => step is { Runner: "far", Status: StepStatus.Running }) == 2);

        apart.Pull();
        await UntilAsync(hub, "far", runner => runner.Status == "gone");
        apart.Plug();

        var record = await hub.Http.UntilRunAsync(run, record => record.Status == RunStatus.Finished);
        Assert.Equal(RunSubStatus.Finished, record.SubStatus);
        Assert.All(record.Steps.Where(step => step.ActivityType == "Flows.Probe"), step => Assert.Equal(("far", 1), (step.Runner, step.Attempt)));
        await UntilAsync(hub, "far", runner => runner is { Status: "online", Running: 0 });
        Assert.Equal(0, await JobsAsync(storage));
    }

    private async Task AnotherOneBeginsItAsync(Apart apart, HubProcess hub, string storage)
    {
        await hub.Http.ImportFlowAsync(Some.Chain("apart", RunnerSite.Probe("p", 4), Some.Line("z", "after")));
        var run = await hub.Http.StartRunAsync("apart");
        await hub.Http.UntilRunAsync(run, record => record.Steps.Any(step => step is { Runner: "far", Status: StepStatus.Running }));

        apart.Pull();
        await using var near = RunnerProcess.Start("--server", hub.Http.BaseAddress!.ToString(), "--token", Token, "--storage", storage, "--name", "near", "--data", Path.Combine(_folder, "near"));
        await hub.Http.UntilRunAsync(run, record => record.Steps.Any(step => step is { Runner: "near", Status: StepStatus.Running }));
        apart.Plug();
        await UntilAsync(hub, "far", runner => runner.Status == "online");
        await Eventually.TrueAsync(() => !Directory.EnumerateFiles(Path.Combine(_folder, "far", "results")).Any(), "the late result is delivered");

        var record = await hub.Http.UntilRunAsync(run, record => record.Status == RunStatus.Finished);
        var step = record.Steps.Single(step => step.ActivityType == "Flows.Probe");
        Assert.Equal((StepStatus.Completed, "near", 2), (step.Status, step.Runner, step.Attempt));
        Assert.Equal(["after"], record.Lines);
        await Eventually.TrueAsync(async () => await JobsAsync(storage) == 0);
    }

    private Task<HubProcess> HubAsync(string storage) =>
        HubProcess.StartAsync(Path.Combine(_folder, "hub"), storage, new HubProcessOptions { Capacity = 0, RunnerToken = Token });

    private RunnerProcess Far(Apart apart, HubProcess hub, string storage)
    {
        var database = new NpgsqlConnectionStringBuilder(storage);
        (database.Host, database.Port) = apart.To(database.Port);
        var (host, port) = apart.To(hub.Http.BaseAddress!.Port);
        return RunnerProcess.StartIn(apart.Prefix, "--server", $"http://{host}:{port}", "--token", Token, "--storage", database.ConnectionString, "--name", "far", "--data", Path.Combine(_folder, "far"), "--capacity", "2");
    }

    private static Task UntilAsync(HubProcess hub, string name, Func<RunnerRecord, bool> wanted) => Eventually.TrueAsync(async () =>
        (await hub.Http.GetFromJsonAsync<IReadOnlyList<RunnerRecord>>("/api/runners", ContractJson.Options))!.Any(runner => runner.Name == name && wanted(runner)));

    private static async Task<long> JobsAsync(string storage)
    {
        await using var source = NpgsqlDataSource.Create(storage);
        await using var count = source.CreateCommand("SELECT count(*) FROM step_jobs");
        return (long)(await count.ExecuteScalarAsync())!;
    }
}
