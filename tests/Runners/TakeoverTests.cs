using System.Globalization;
using System.Net.Http.Json;
using Flows.Contract;
using Flows.Contract.Runners;
using Flows.Contract.Runs;
using Flows.Hub;
using Flows.Hub.Runners;
using Flows.Tests.Support;
using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Scripts = Flows.Tests.Robustness.Python;

namespace Flows.Tests.Runners;

/// <summary>A step that one server had and another has to begin anew: nothing of it runs any more when it does.</summary>
public sealed class TakeoverTests : IDisposable
{
    private readonly PostgresServer _postgres;
    private readonly string _folder = Directory.CreateTempSubdirectory("flows-takeover-").FullName;

    public TakeoverTests(PostgresServer postgres)
    {
        Scripts.Required();
        _postgres = postgres;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Pids => Path.Combine(_folder, "pids");

    [Fact]
    public async Task What_a_server_that_hangs_left_running_on_this_machine_is_dead_before_its_step_is_begun_anew()
    {
        await using var site = await ServerSite.StartAsync(_folder, await _postgres.NewDatabaseAsync(), new SiteShape([2, 1]));
        var (hangs, other) = (site.Servers[0], site.Servers[1]);
        var run = await BegunAsync(hangs);

        hangs.Pause();
        var record = await other.Http.UntilRunAsync(run, record => record.Status == RunStatus.Finished);
        hangs.Continue();

        AssertBegunAnew(record);
        Assert.Equal(RunSubStatus.Finished, (await hangs.Http.UntilRunAsync(run, record => record.Status == RunStatus.Finished)).SubStatus);
    }

    [Fact]
    public async Task A_server_that_is_cut_off_from_the_database_ends_its_steps_before_it_is_taken_for_dead()
    {
        var storage = await _postgres.NewDatabaseAsync();
        await using var line = CutLine.To(storage);
        await using var cutOff = await HubProcess.StartAsync(Path.Combine(_folder, "cut-off"), line.Storage, new HubProcessOptions { Capacity = 2 });
        await using var other = await HubProcess.StartAsync(Path.Combine(_folder, "other"), storage, new HubProcessOptions { Capacity = 1 });
        var run = await BegunAsync(cutOff);
        var runner = (await other.Http.UntilRunAsync(run, Begun)).Steps.Single(step => step.ActivityId == "s").Runner;

        line.Cut();
        await Eventually.TrueAsync(() => Left().All(Scripts.IsGone), "its script and what that started are dead");

        Assert.Equal("online", (await other.Http.GetFromJsonAsync<IReadOnlyList<RunnerRecord>>("/api/runners", ContractJson.Options))!.Single(one => one.Name == runner).Status);
        AssertBegunAnew(await other.Http.UntilRunAsync(run, record => record.Status == RunStatus.Finished));
    }

    [Fact]
    public async Task A_job_whose_hand_over_to_a_servers_own_runner_is_lost_is_done_all_the_same()
    {
        var storage = await _postgres.NewDatabaseAsync();
        await using var hub = await TestHub.StartAsync(options: new HubOptions { Storage = storage, Capacity = 1 });
        await LoseHandOversAsync(storage);
        await hub.ImportAsync(Some.Chain("lost", RunnerSite.Probe("p", 0)));

        var record = await hub.UntilAsync(await hub.StartRunAsync("lost"), record => record.Status == RunStatus.Finished);

        Assert.Equal((RunSubStatus.Finished, 1), (record.SubStatus, record.Steps.Single(step => step.ActivityId == "p").Attempt));
    }

    [Fact]
    public async Task What_lies_in_the_queue_of_a_runner_that_left_or_was_forgotten_is_dropped()
    {
        var storage = await _postgres.NewDatabaseAsync();
        await using var hub = await TestHub.StartAsync(options: new HubOptions { Storage = storage, Capacity = 1 });
        var registry = hub.Services.GetRequiredService<RunnerRegistry>();
        foreach (var name in (string[])["left", "forgotten", "stays"])
        {
            await registry.RegisterAsync(new RunnerRow { Name = name, Session = name });
            hub.Services.GetRequiredService<IBackgroundJobClientV2>().Create(Job.FromExpression<StepQueue>(queue => queue.CarryOutAsync(new[] { "run/1/1" })), new EnqueuedState(StepQueue.Of(name)));
        }

        await registry.LeaveAsync("left", "left");
        var gone = (await registry.ListAsync(CancellationToken.None)).Single(row => row.Name == "forgotten");
        await hub.Services.GetRequiredService<Burial>().ForgetAsync(gone, CancellationToken.None);

        Assert.Equal("runner-stays 1", await ReadAsync(storage, "SELECT string_agg(queue, ' ') || ' ' || (SELECT count(*) FROM flows_hangfire.job) FROM flows_hangfire.jobqueue"));
    }

    // The first attempt waits for ever, with a child out of its session; the next says which of them it still finds.
    private async Task<string> BegunAsync(HubProcess server)
    {
        await server.Http.ImportFlowAsync(Some.Chain("anew", Scripts.Step("s", $$"""
            import os, subprocess, sys, time
            pids = "{{Pids}}"
            def lives(pid):
                try:
                    return open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[0] not in "ZX"
                except OSError:
                    return False
            if os.path.exists(pids):
                left = [pid for pid in open(pids).read().split() if lives(pid)]
                sys.exit(f"{left} still run" if left else 0)
            child = subprocess.Popen(["sleep", "600"], start_new_session=True)
            with open(pids + ".part", "w") as file:
                file.write(f"{os.getpid()} {child.pid}")
            os.rename(pids + ".part", pids)
            time.sleep(600)
            """)));
        var run = await server.Http.StartRunAsync("anew");
        await Eventually.TrueAsync(() => File.Exists(Pids), "the script has begun");
        await server.Http.UntilRunAsync(run, Begun);
        return run;
    }

    private static bool Begun(RunRecord run) => run.Steps.Any(step => step is { ActivityId: "s", Status: StepStatus.Running });

    private static void AssertBegunAnew(RunRecord run)
    {
        var step = run.Steps.Single(step => step.ActivityId == "s");
        Assert.Equal((RunSubStatus.Finished, null, 2), (run.SubStatus, step.Fault, step.Attempt));
    }

    private List<int> Left() => [.. File.ReadAllText(Pids).Split(' ').Select(pid => int.Parse(pid, CultureInfo.InvariantCulture))];

    private static Task LoseHandOversAsync(string storage) => ReadAsync(storage, """
        CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
        CREATE TRIGGER lose BEFORE INSERT ON flows_hangfire.jobqueue FOR EACH ROW EXECUTE FUNCTION lose();
        """);

    private static async Task<object?> ReadAsync(string storage, string sql)
    {
        await using var connection = new NpgsqlConnection(storage);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
