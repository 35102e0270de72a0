using Flows.Contract.Runs;
using Flows.Tests.Support;

namespace Flows.Tests.Runners;

/// <summary>Runners that lose their server, and servers that lose their runners, come together again.</summary>
public sealed class PartitionTests(PostgresServer postgres) : IDisposable
{
    private const string Token = "runner-token-of-the-test";

    private readonly string _folder = Directory.CreateTempSubdirectory("flows-partition-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(StorageKind.Sqlite)]
    [LongData(StorageKind.Postgres)]
    public async Task A_step_works_on_while_its_server_is_killed_and_started_again_and_delivers_its_first_attempt(StorageKind kind)
    {
        var (storage, port) = (kind == StorageKind.Postgres ? await postgres.NewDatabaseAsync() : null, FreePort.Find());
        string run;
        await using var runner = Runner("far", port, storage);
        await using (var killed = await ServerAsync(port, storage))
        {
            await killed.Http.ImportFlowAsync(Some.Chain("apart", RunnerSite.Probe("p", 3), Some.Line("z", "after")));
            run = await killed.Http.StartRunAsync("apart");
            await killed.Http.UntilRunAsync(run, record => Step(record)?.Runner == "far");
            await killed.KillAsync();
        }
        await using var next = await ServerAsync(port, storage);

        var record = await next.Http.UntilRunAsync(run, record => record.Status == RunStatus.Finished);

        Assert.Equal((RunSubStatus.Finished, "far", 1), (record.SubStatus, Step(record)!.Runner, Step(record)!.Attempt));
        Assert.Equal(["after"], record.Lines);
    }

    [Fact]
    public async Task A_result_that_no_server_took_is_delivered_by_the_runners_next_process()
    {
        var port = FreePort.Find();
        string run;
        await using (var runner = Runner("far", port, null))
        {
            await using (var server = await ServerAsync(port, null))
            {
                await server.Http.ImportFlowAsync(Some.Chain("kept", RunnerSite.Probe("p", 2), Some.Line("z", "after")));
                run = await server.Http.StartRunAsync("kept");
                await server.Http.UntilRunAsync(run, record => Step(record)?.Runner == "far");
                await server.KillAsync();
            }
            await Eventually.TrueAsync(() => Task.FromResult(Directory.EnumerateFiles(Path.Combine(_folder, "far", "results"), "*.json").Any()));
            await runner.KillAsync();
        }
        await using var again = Runner("far", port, null);
        await using var next = await ServerAsync(port, null);

        var record = await next.Http.UntilRunAsync(run, record => record.Status == RunStatus.Finished);

        Assert.Equal((RunSubStatus.Finished, 1), (record.SubStatus, Step(record)!.Attempt));
        await Eventually.TrueAsync(() => Task.FromResult(!Directory.EnumerateFiles(Path.Combine(_folder, "far", "results")).Any()));
    }

    private Task<HubProcess> ServerAsync(int port, string? storage) =>
        HubProcess.StartAsync(Path.Combine(_folder, "hub"), storage, new HubProcessOptions { Port = port, Capacity = 0, RunnerToken = Token });

    private RunnerProcess Runner(string name, int port, string? storage) => RunnerProcess.Start(
        ["--server", $"http://127.0.0.1:{port}", "--token", Token, "--name", name, "--data", Path.Combine(_folder, name), .. storage is null ? Array.Empty<string>() : ["--storage", storage]]);

    private static StepRecord? Step(RunRecord record) => record.Steps.LastOrDefault(step => step.ActivityId == "p");
}
