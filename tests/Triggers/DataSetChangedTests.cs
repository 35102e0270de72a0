using Flows.Contract.Artifacts;
using Flows.Contract.DataSets;
using Flows.Hub.DataSets;
using Flows.Hub.Models;
using Flows.Hub.Storage;
using Flows.Hub.Triggers;
using Flows.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Triggers;

/// <summary>Flows that start by a new version of a data set.</summary>
public sealed class DataSetChangedTests(SharedHub shared, PostgresServer postgres) : IClassFixture<SharedHub>
{
    [Fact]
    public async Task A_new_version_starts_a_run_that_has_its_data_and_the_same_content_none()
    {
        await RegisterAsync(shared.Hub, "orders", 1);
        await shared.Hub.ImportAsync(OnChange("fresh", "orders", "getInput('Data').name + ' ' + getOutputFrom('on').dataSetVersion", "Data"));
        await shared.Hub.UntilLookedAsync("fresh");

        await RegisterAsync(shared.Hub, "orders", 1);
        await RegisterAsync(shared.Hub, "other", 2);
        await RegisterAsync(shared.Hub, "orders", 2);
        await RegisterAsync(shared.Hub, "orders", 2);
        await RegisterAsync(shared.Hub, "orders", 3);

        var runs = await shared.Hub.UntilRunsAsync("fresh", 2);
        Assert.Equal(["2.csv 2", "3.csv 3"], runs.SelectMany(run => run.Lines).Order());
        Assert.Equal("data set changed", runs[0].Trigger);
        var trigger = await shared.Hub.TriggerAsync("fresh");
        Assert.Equal(2, trigger.Fires);
        Assert.InRange(trigger.LagSeconds!.Value, 0, 30);
    }

    [Theory, InlineData(StorageKind.Sqlite), LongData(StorageKind.Postgres)]
    public async Task Versions_around_a_restart_start_one_run_each(StorageKind kind)
    {
        using var storage = await TestStorage.NewAsync(kind, postgres);
        await using (var hub = await TestHub.StartAsync(storage.Folder, storage.Options))
        {
            await hub.ImportAsync(OnChange("again", "orders"));
            for (var i = 1; i <= 10; i++) await RegisterAsync(hub, "orders", i);
        }

        await using var next = await TestHub.StartAsync(storage.Folder, storage.Options);
        await RegisterAsync(next, "orders", 11);

        Assert.Equal(Enumerable.Range(1, 11), (await next.UntilRunsAsync("again", 11)).SelectMany(run => run.Lines).Select(int.Parse).Order());
    }

    [Fact]
    public async Task Two_orchestrators_number_in_one_row_and_start_one_run_for_each_version()
    {
        using var storage = await TestStorage.NewAsync(StorageKind.Postgres, postgres);
        using var other = await TestStorage.NewAsync(StorageKind.Sqlite, postgres);
        await using var first = await TestHub.StartAsync(storage.Folder, storage.Options);
        await using var second = await TestHub.StartAsync(other.Folder, storage.Options);
        await first.ImportAsync(OnChange("shared", "orders"));

        await Task.WhenAll(Enumerable.Range(1, 10).Select(i => RegisterAsync(i % 2 == 0 ? first : second, "orders", i)));

        Assert.Equal(Enumerable.Range(1, 10), (await second.UntilRunsAsync("shared", 10)).SelectMany(run => run.Lines).Select(int.Parse).Order());
    }

    [Fact]
    public async Task A_storm_of_versions_is_gathered_into_one_run_and_never_more_at_once_than_allowed()
    {
        await shared.Hub.ImportAsync(TriggerCalls.Flow("calm", On("storm").With("""{"debounce":{"quietSeconds":1,"gather":"list"}}"""), "getInput('requests').length", "requests"));
        await shared.Hub.ImportAsync(Some.Chain("queued", On("storm").With("""{"trigger":{"maxActive":2,"maxQueued":4}}"""), Some.Delay("wait", 0.01)));
        await shared.Hub.UntilLookedAsync("calm");
        await shared.Hub.UntilLookedAsync("queued");

        await Task.WhenAll(Enumerable.Range(1, 20).Select(i => RegisterAsync(shared.Hub, "storm", i)));

        Assert.Equal("20", Assert.Single(Assert.Single(await shared.Hub.UntilRunsAsync("calm", 1)).Lines));
        // What cannot wait stays a version, and is found again when there is room.
        var waited = await shared.Hub.UntilRunsAsync("queued", 20);
        Assert.Equal(20, waited.Count);
        Assert.InRange(waited.Max(run => waited.Count(other => other.CreatedAt <= run.CreatedAt && other.FinishedAt > run.CreatedAt)), 1, 2);
    }

    [Fact]
    public async Task A_flow_that_registers_what_it_starts_by_is_stopped_and_told()
    {
        await shared.Hub.ImportAsync(OnChange("circle", "round"));
        await shared.Hub.UntilLookedAsync("circle");
        // The fifty-first round of it.
        await using (var db = await shared.Hub.Services.GetRequiredService<IDbContextFactory<FlowsDb>>().CreateDbContextAsync())
        {
            db.Add(new TriggerFireRow { DefinitionId = "circle", ActivityId = "on", Key = "version 0", RunId = "deep", At = DateTimeOffset.UnixEpoch, FiredAt = DateTimeOffset.UnixEpoch, State = FireState.Over, Kind = "data set changed", Depth = 50, Request = "" });
            await db.SaveChangesAsync();
        }

        await RegisterAsync(shared.Hub, "round", 1, new Origin("default", "local", "deep", "deep.1"));

        await shared.Hub.UntilTriggerAsync("circle", trigger => trigger.Error?.Contains("more than 50 times in a row") == true);
        Assert.Empty(await shared.Hub.RunsAsync("circle"));
    }

    private static System.Text.Json.Nodes.JsonObject On(string set) => TriggerCalls.Trigger("Flows.DataSetChanged", ("dataSet", set));

    private static string OnChange(string flow, string set, string script = "getOutputFrom('on').dataSetVersion", params string[] inputs) => TriggerCalls.Flow(flow, On(set), script, inputs);

    private static Task<DataSetVersion> RegisterAsync(TestHub hub, string name, int content, Origin? origin = null) => hub.Services.GetRequiredService<DataSetRegistry>()
        .RegisterAsync(new DataSetRegistration(name, new Artifact($"{content:d64}", "File", $"{content}.csv", 1)), origin ?? new Origin("default", "local"));
}
