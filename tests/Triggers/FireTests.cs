using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Contract.Triggers;
using Flows.Hub.Storage;
using Flows.Hub.Triggers;
using Flows.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Triggers;

/// <summary>A fire becomes one run, however often it is told, and never more runs at once than its trigger says.</summary>
public sealed class FireTests(PostgresServer postgres)
{
    private static readonly Fire Once = new("delivery 1", new DateTimeOffset(2026, 11, 27, 12, 0, 0, TimeSpan.Zero), new JsonObject { ["number"] = 7 });

    [Fact]
    public async Task What_fires_becomes_the_runs_inputs_and_the_triggers_output()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(TriggerCalls.Flow("fired", Alert(), "getInput('number') + ' ' + getOutputFrom('on').text", "Number"));

        var run = await hub.UntilAsync(await hub.FireAsync("fired", new JsonObject { ["number"] = 7, ["text"] = "seven" }), run => run.Status == RunStatus.Finished);

        Assert.Equal(["7 seven"], run.Lines);
        Assert.Equal(("alert", 7), (run.Trigger, run.Inputs["Number"]!.GetValue<int>()));
        var trigger = await hub.TriggerAsync("fired");
        Assert.Equal((true, 1L, run.Id), (trigger.Enabled, trigger.Fires, trigger.LastRunId));
        Assert.InRange(trigger.LagSeconds!.Value, 0, 5);
    }

    [Fact]
    public async Task A_draft_is_only_tried_and_a_run_by_hand_passes_by_the_trigger()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.Http.PutAsync("/api/flows/fired", new StringContent(TriggerCalls.Flow("fired", Alert(), "'got ' + (getOutputFrom('on')?.text ?? 'nothing')"), System.Text.Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.Conflict, (await hub.Http.PostAsJsonAsync("/api/triggers/fired/on/fire", new FireRequest(null))).StatusCode);
        Assert.Empty((await hub.Http.GetFromJsonAsync<JsonArray>("/api/triggers"))!);
        var tried = await hub.UntilAsync(await hub.FireAsync("fired", new JsonObject { ["text"] = "it" }, "?draft=true"), run => run.Status == RunStatus.Finished);
        await hub.Http.PostAsync("/api/flows/fired/publish", null);

        Assert.Equal(["got it"], tried.Lines);
        Assert.Equal(["got nothing"], (await hub.RunAsync("fired")).Lines);
        await hub.Http.PostAsync("/api/flows/fired/unpublish", null);
        Assert.False((await hub.TriggerAsync("fired")).Enabled);
        Assert.Equal(HttpStatusCode.Conflict, (await hub.Http.PostAsJsonAsync("/api/triggers/fired/on/fire", new FireRequest(null))).StatusCode);
    }

    [Theory, InlineData(StorageKind.Sqlite), LongData(StorageKind.Postgres)]
    public async Task The_same_fire_told_many_times_is_one_run_also_after_a_restart(StorageKind kind)
    {
        using var storage = await TestStorage.NewAsync(kind, postgres);
        string run;
        await using (var hub = await TestHub.StartAsync(storage.Folder, storage.Options))
        {
            await hub.ImportAsync(TriggerCalls.Flow("fired", Alert()));
            var told = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => TellAsync(hub, Once)));
            Assert.Equal(1, told.Count(one => one.IsNew));
            run = Assert.Single(told.Select(one => one.RunId).Distinct());
        }

        await using var next = await TestHub.StartAsync(storage.Folder, storage.Options);

        Assert.Equal(new Fired.Taken(run, false), await TellAsync(next, Once));
        Assert.Single(await next.UntilRunsAsync("fired", 1));
        Assert.Equal(1, (await next.TriggerAsync("fired")).Fires);
    }

    [Theory, InlineData(StorageKind.Sqlite), LongData(StorageKind.Postgres)]
    public async Task A_fire_that_was_written_down_and_not_started_is_started_by_the_next_server(StorageKind kind)
    {
        using var storage = await TestStorage.NewAsync(kind, postgres);
        await using (var hub = await TestHub.StartAsync(storage.Folder, storage.Options)) await hub.ImportAsync(TriggerCalls.Flow("fired", Alert(), "getOutputFrom('on').number"));
        // As a server that died between the two leaves it.
        await using (var db = storage.CreateDbContext())
        {
            var request = new RunRequest { TriggerActivityId = "on", TriggerInput = Once.Payload };
            db.Add(new TriggerFireRow { DefinitionId = "fired", ActivityId = "on", Key = Once.Key, RunId = "20261127120000000-0123456789", At = Once.At, FiredAt = Once.At, State = FireState.Starting, Kind = "alert", Request = JsonSerializer.Serialize(request, ContractJson.Options) });
            await db.SaveChangesAsync();
        }

        await using var next = await TestHub.StartAsync(storage.Folder, storage.Options);

        var run = Assert.Single(await next.UntilRunsAsync("fired", 1));
        Assert.Equal(("20261127120000000-0123456789", "7"), (run.Id, Assert.Single(run.Lines)));
    }

    [Theory, InlineData(StorageKind.Sqlite), InlineData(StorageKind.Postgres)]
    public async Task A_storm_becomes_as_many_runs_at_once_as_its_trigger_allows_and_what_cannot_wait_is_refused(StorageKind kind)
    {
        using var storage = await TestStorage.NewAsync(kind, postgres);
        await using var hub = await TestHub.StartAsync(storage.Folder, storage.Options);
        await hub.ImportAsync(Some.Chain("busy", Alert().With("""{"trigger":{"maxActive":2,"maxQueued":4}}"""), Some.Activity("wait", "Elsa.Event", ("eventName", Some.Text("go"))), Some.Line("line", "gone")));

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => hub.Http.PostAsJsonAsync("/api/triggers/busy/on/fire", new FireRequest(i), ContractJson.Options)));

        Assert.Equal(6, answers.Count(answer => answer.StatusCode == HttpStatusCode.Accepted));
        Assert.Equal(44, answers.Count(answer => answer.StatusCode == HttpStatusCode.TooManyRequests));
        var trigger = await hub.TriggerAsync("busy");
        Assert.Equal((2, 4), (trigger.Active, trigger.Waiting));
        Assert.Contains("4 fires wait already", trigger.Error);
        await Eventually.TrueAsync(async () =>
        {
            var runs = await hub.RunsAsync("busy");
            Assert.InRange(runs.Count(run => run.Status == RunStatus.Running), 0, 2);
            await hub.Http.PostAsJsonAsync("/api/events/go", new JsonObject());
            return runs.Count == 6 && runs.All(run => run.Status == RunStatus.Finished);
        });
        await hub.UntilTriggerAsync("busy", trigger => trigger is { Active: 0, Waiting: 0 });
    }

    // Two orchestrators take the same watch for theirs, and each sees something else of what changed: their fires have keys of their own.
    [Theory, InlineData(StorageKind.Sqlite), InlineData(StorageKind.Postgres)]
    public async Task Of_two_who_go_on_from_the_same_place_one_fires(StorageKind kind)
    {
        using var storage = await TestStorage.NewAsync(kind, postgres);
        await using var hub = await TestHub.StartAsync(storage.Folder, storage.Options);
        await hub.ImportAsync(TriggerCalls.Flow("seen", Alert()));
        var (book, from) = (hub.Services.GetRequiredService<FireBook>(), await RevisionAsync(hub, "seen"));
        var at = new DateTimeOffset(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

        var fired = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => book.FireAsync(new TriggerKey("seen", "on"), new Fire($"look {i}", at), new Advance(from) { Cursor = $"{i}" }, CancellationToken.None)));

        Assert.Equal((1, 7), (fired.OfType<Fired.Taken>().Count(), fired.OfType<Fired.Void>().Count()));
        Assert.Single(await hub.UntilRunsAsync("seen", 1));
        Assert.Equal(from + 1, await RevisionAsync(hub, "seen"));
    }

    [Fact]
    public async Task Runs_that_wait_for_something_keep_no_others_from_starting_unless_the_trigger_says_how_many()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(Some.Chain("patient", Alert(), Some.Activity("wait", "Elsa.Event", ("eventName", Some.Text("go")))));

        for (var i = 0; i < TriggerPolicy.DefaultActive + 8; i++) await hub.FireAsync("patient", i);

        await Eventually.TrueAsync(async () => (await hub.RunsAsync("patient")).Count(run => run.SubStatus == RunSubStatus.Suspended) == TriggerPolicy.DefaultActive + 8);
    }

    [Fact]
    public async Task Fires_within_a_quiet_time_become_one_run_that_has_them_all()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(TriggerCalls.Flow("quiet", Alert().With("""{"debounce":{"quietSeconds":0.5,"gather":"list"}}"""), "getInput('requests').map(one => one.Number).sort().join()", "Number", "requests"));

        var runs = await Task.WhenAll(Enumerable.Range(1, 9).Select(i => hub.FireAsync("quiet", new JsonObject { ["number"] = i })));

        Assert.Single(runs.Distinct());
        Assert.Equal(["1,2,3,4,5,6,7,8,9"], Assert.Single(await hub.UntilRunsAsync("quiet", 1)).Lines);
        Assert.Equal(9, (await hub.TriggerAsync("quiet")).Fires);
    }

    [Fact]
    public async Task Flows_that_start_each_other_by_events_without_end_are_stopped_and_told()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(Begins("one", "to-one", "to-two"));
        await hub.ImportAsync(Begins("two", "to-two", "to-one"));

        await hub.Http.PostAsJsonAsync("/api/events/to-one", new JsonObject());

        await hub.UntilTriggerAsync("two", trigger => trigger.Error is not null);
        Assert.Contains("more than 50 times in a row", (await hub.TriggerAsync("two")).Error);
        Assert.Equal(51, (await hub.UntilRunsAsync("one", 26)).Count + (await hub.RunsAsync("two")).Count);
    }

    [Fact]
    public async Task Requests_to_an_endpoint_are_shown_at_its_trigger()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(TriggerCalls.Flow("served", TriggerCalls.Trigger("Elsa.HttpEndpoint", ("path", "served")).With("""{"canStartWorkflow":true}""")));

        for (var i = 0; i < 3; i++) await hub.Http.GetAsync("/workflows/served");

        await hub.UntilTriggerAsync("served", trigger => trigger.Fires == 3 && trigger.LastFiredAt is not null);
    }

    [Fact]
    public async Task Nonsense_is_told_when_the_flow_is_checked()
    {
        await using var hub = await TestHub.StartAsync();

        var answer = await hub.Http.PostAsync("/api/flows/check", new StringContent(TriggerCalls.Flow("odd", Alert().With("""{"trigger":{"maxActive":0,"much":1},"debounce":{"quietSeconds":-1}}""")), System.Text.Encoding.UTF8, "application/json"));

        Assert.Equal(["debounce.quietSeconds", "trigger.maxActive", "trigger.much"], (await answer.Content.ReadFromJsonAsync<JsonArray>())!.Where(problem => (string)problem!["code"]! == "bad-policy").Select(problem => (string)problem!["field"]!).Order());
    }

    private static JsonObject Alert() => TriggerCalls.Trigger("Flows.Alert", ("alert", "it"));

    private static string Begins(string id, string by, string tells)
    {
        var begin = Some.Activity("on", "Elsa.Event", ("eventName", Some.Text(by))).With("""{"canStartWorkflow":true}""");
        return Some.Chain(id, begin, Some.Activity("tell", "Elsa.PublishEvent", ("eventName", Some.Text(tells))));
    }

    private static async Task<Fired.Taken> TellAsync(TestHub hub, Fire fire) =>
        Assert.IsType<Fired.Taken>(await hub.Services.GetRequiredService<FireBook>().FireAsync(new TriggerKey("fired", "on"), fire, null, CancellationToken.None));

    private static async Task<long> RevisionAsync(TestHub hub, string flow)
    {
        await using var db = await hub.Services.GetRequiredService<IDbContextFactory<FlowsDb>>().CreateDbContextAsync();
        return await db.Set<TriggerStateRow>().Where(row => row.DefinitionId == flow).Select(row => row.Revision).SingleAsync();
    }
}
