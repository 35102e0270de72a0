using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Contract.Starts;
using Flows.Tests.Support;

namespace Flows.Tests.Starts;

/// <summary>Many requests to start a flow become one run, which is not forgotten when the server stops meanwhile.</summary>
public sealed class DebounceTests(PostgresServer postgres)
{
    [Theory, InlineData(StorageKind.Sqlite), LongData(StorageKind.Postgres)]
    public async Task Requests_in_a_window_become_one_run_that_carries_the_last_also_through_a_restart(StorageKind kind)
    {
        using var storage = await TestStorage.NewAsync(kind, postgres);
        GatheredStart[] gathered;
        await using (var hub = await TestHub.StartAsync(storage.Folder, storage.Options))
        {
            await hub.ImportAsync(Flow("""{"quietSeconds":1.5}"""));
            gathered = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => AskAsync(hub, "a", i)));
            Assert.Equal(Enumerable.Range(1, 20), gathered.Select(one => one.Gathered).Order());
        }

        await using var next = await TestHub.StartAsync(storage.Folder, storage.Options);

        var run = await StartedAsync(next, Assert.Single(gathered.Select(one => one.RunId).Distinct()));
        Assert.Equal(("debounce", RunSubStatus.Finished), (run.Trigger, run.SubStatus));
        Assert.Single((await next.Http.GetFromJsonAsync<JsonArray>("/api/runs"))!);
    }

    [Fact]
    public async Task Another_key_is_another_run_and_all_inputs_are_given_on_when_the_flow_wants_them()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(Flow("""{"quietSeconds":0.3,"key":"table","gather":"list"}"""));

        var first = await AskAsync(hub, "a", 1);
        await AskAsync(hub, "a", 2);
        var other = await AskAsync(hub, "b", 3);

        Assert.NotEqual(first.RunId, other.RunId);
        var run = await StartedAsync(hub, first.RunId);
        Assert.Equal(2, run.Inputs["number"]!.GetValue<int>());
        Assert.Equal([1, 2], run.Inputs["requests"]!.AsArray().Select(inputs => inputs!["number"]!.GetValue<int>()));
        Assert.Equal([3], (await StartedAsync(hub, other.RunId)).Inputs["requests"]!.AsArray().Select(inputs => inputs!["number"]!.GetValue<int>()));
    }

    [Fact]
    public void Requests_that_keep_coming_do_not_put_the_run_off_for_ever()
    {
        var policy = DebouncePolicy.Of(new(new JsonObject { ["customProperties"] = new JsonObject { ["debounce"] = JsonNode.Parse("""{"quietSeconds":30,"maxWaitSeconds":60}""") } }))!;
        var first = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        Assert.Equal(first.AddSeconds(30), policy.Due(first, first));
        Assert.Equal(first.AddSeconds(50), policy.Due(first, first.AddSeconds(20)));
        Assert.Equal(first.AddSeconds(60), policy.Due(first, first.AddSeconds(45)));
    }

    [Fact]
    public async Task A_flow_that_does_not_say_how_is_refused_and_one_that_says_nonsense_is_not_published()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(Some.Chain("plain", Some.Line("a", "x")));

        Assert.Equal(HttpStatusCode.BadRequest, (await hub.Http.PostAsJsonAsync("/api/flows/plain/runs?debounce=true", new RunRequest(), ContractJson.Options)).StatusCode);
        var checks = await hub.Http.PostAsync("/api/flows/check", new StringContent(Flow("""{"quietSeconds":0,"maxWait":5,"gather":"some"}"""), System.Text.Encoding.UTF8, "application/json"));
        Assert.Equal(["debounce.gather", "debounce.maxWait", "debounce.quietSeconds"], (await checks.Content.ReadFromJsonAsync<JsonArray>())!
            .Where(problem => (string)problem!["code"]! == "bad-debounce").Select(problem => (string)problem!["field"]!).Order());
    }

    private static async Task<GatheredStart> AskAsync(TestHub hub, string table, int number)
    {
        var answer = await hub.Http.PostAsJsonAsync("/api/flows/gathers/runs?debounce=true", new RunRequest { Inputs = new JsonObject { ["table"] = table, ["number"] = number } }, ContractJson.Options);
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<GatheredStart>(ContractJson.Options))!;
    }

    private static async Task<RunRecord> StartedAsync(TestHub hub, string id)
    {
        await Eventually.TrueAsync(async () => (await hub.Http.GetAsync($"/api/runs/{id}")).IsSuccessStatusCode);
        return await hub.UntilAsync(id, run => run.Status == RunStatus.Finished);
    }

    private static string Flow(string debounce)
    {
        var flow = JsonNode.Parse(Some.Chain("gathers", Some.Line("a", "x")))!;
        flow["customProperties"] = new JsonObject { ["debounce"] = JsonNode.Parse(debounce) };
        return flow.ToJsonString(ContractJson.Options);
    }
}
