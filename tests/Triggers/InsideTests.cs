using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Alerts;
using Flows.Contract.Artifacts;
using Flows.Contract.Models;
using Flows.Contract.Runs;
using Flows.Tests.Support;

namespace Flows.Tests.Triggers;

/// <summary>Flows that start by what happens inside of Flows: a run's end, a model, an alert.</summary>
public sealed class InsideTests(PostgresServer postgres)
{
    [Fact]
    public async Task A_run_of_another_flow_that_ends_as_asked_for_starts_one()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(Some.Chain("first", Some.Activity("out", "Elsa.SetOutput", ("outputName", Some.Text("score")), ("outputValue", Some.Text("0.9")))));
        await hub.ImportAsync(Some.Chain("broken", Some.Activity("fault", "Elsa.Fault", ("message", Some.Text("no luck")))));
        await hub.ImportAsync(After("then", "first", "finished", "getOutputFrom('on').finishedFlow + ' ' + getInput('output').score"));
        await hub.ImportAsync(After("alas", "broken", "faulted", "getOutputFrom('on').message"));
        await hub.ImportAsync(After("never", "broken", "finished", "'it'"));

        var first = await hub.RunAsync("first");
        await hub.RunAsync("broken");

        var then = Assert.Single(await hub.UntilRunsAsync("then", 1));
        Assert.Equal(("run finished", "first 0.9"), (then.Trigger, Assert.Single(then.Lines)));
        Assert.Equal("no luck", Assert.Single(Assert.Single(await hub.UntilRunsAsync("alas", 1)).Lines));
        Assert.Empty(await hub.RunsAsync("never"));
        Assert.Equal(first.Id, Assert.Single(await hub.FiresAsync("then")).Key);
    }

    [Theory, InlineData(StorageKind.Sqlite), LongData(StorageKind.Postgres)]
    public async Task Runs_that_end_around_a_restart_start_one_each(StorageKind kind)
    {
        using var storage = await TestStorage.NewAsync(kind, postgres);
        await using (var hub = await TestHub.StartAsync(storage.Folder, storage.Options))
        {
            await hub.ImportAsync(Some.Chain("first", Some.Line("a", "x")));
            await hub.ImportAsync(After("then", "first", "any", "getOutputFrom('on').runId"));
            await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => hub.RunAsync("first")));
        }

        await using var next = await TestHub.StartAsync(storage.Folder, storage.Options);
        await next.RunAsync("first");

        var firsts = (await next.RunsAsync("first")).Select(run => run.Id).Order();
        Assert.Equal(firsts, (await next.UntilRunsAsync("then", 11)).SelectMany(run => run.Lines).Order());
    }

    [Fact]
    public async Task Flows_that_start_each_other_are_stopped_and_told()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(After("ping", "pong", "any", "'ping'"));
        await hub.ImportAsync(After("pong", "ping", "any", "'pong'"));

        await hub.RunAsync("ping");

        await Eventually.TrueAsync(async () => ((await hub.TriggerAsync("ping")).Error ?? (await hub.TriggerAsync("pong")).Error)?.Contains("more than 50 times in a row") == true);
        Assert.Equal(51, (await hub.UntilRunsAsync("ping", 26)).Count + (await hub.UntilRunsAsync("pong", 25)).Count);
    }

    [Fact]
    public async Task A_new_version_of_a_model_and_an_alias_that_moves_start_runs()
    {
        await using var hub = await TestHub.StartAsync();
        await RegisterAsync(hub);
        await hub.ImportAsync(TriggerCalls.Flow("new", TriggerCalls.Trigger("Flows.ModelChanged", ("model", "digits"), ("pollSeconds", "0.2")), "getInput('modelVersion')", "modelVersion"));
        await hub.ImportAsync(TriggerCalls.Flow("moved", TriggerCalls.Trigger("Flows.ModelChanged", ("model", "digits"), ("alias", "champion"), ("pollSeconds", "0.2")), "getOutputFrom('on').modelVersion"));
        await hub.UntilLookedAsync("new");
        await hub.UntilLookedAsync("moved");

        await RegisterAsync(hub);
        await RegisterAsync(hub);
        await hub.Http.PutAsJsonAsync("/api/models/digits/aliases/champion", new { version = 2 });

        Assert.Equal(["2", "3"], (await hub.UntilRunsAsync("new", 2)).SelectMany(run => run.Lines).Order());
        var moved = Assert.Single(await hub.UntilRunsAsync("moved", 1));
        Assert.Equal(("model changed", "2"), (moved.Trigger, Assert.Single(moved.Lines)));
    }

    [Fact]
    public async Task An_alert_starts_the_flows_that_begin_with_it()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(TriggerCalls.Flow("retrain", TriggerCalls.Trigger("Flows.Alert", ("alert", "drift")), "getInput('score')", "score"));

        await hub.Http.PostAsJsonAsync("/api/events/alert:drift", new JsonObject { ["payload"] = new JsonObject { ["score"] = 0.4 } });
        await hub.Http.PostAsJsonAsync("/api/events/alert:other", new JsonObject());

        var run = Assert.Single(await hub.UntilRunsAsync("retrain", 1));
        Assert.Equal(("alert", "0.4"), (run.Trigger, Assert.Single(run.Lines)));
    }

    [Fact]
    public async Task An_alert_starts_the_flows_that_want_its_severity_and_labels_once_for_its_key()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(TriggerCalls.Flow("all", TriggerCalls.Trigger("Flows.Alert", ("alert", "drift")), "getInput('score') + ' ' + getOutputFrom('on').severity", "score"));
        await hub.ImportAsync(TriggerCalls.Flow("bad", TriggerCalls.Trigger("Flows.Alert", ("alert", "drift"), ("minSeverity", "error"), ("withLabels", """{"model":"digits"}""")), "getOutputFrom('on').labels.model + ' ' + getOutputFrom('on').message"));

        await RaiseAsync(hub, new Alert("drift") { Severity = "error", Labels = new Dictionary<string, string> { ["model"] = "digits", ["team"] = "a" }, Key = "today", Message = "far off", Payload = new JsonObject { ["score"] = 0.4, ["severity"] = "none" } });
        await RaiseAsync(hub, new Alert("drift") { Severity = "critical", Labels = new Dictionary<string, string> { ["model"] = "digits" }, Key = "today" });
        await RaiseAsync(hub, new Alert("drift") { Severity = "critical", Labels = new Dictionary<string, string> { ["model"] = "other" }, Payload = new JsonObject { ["score"] = 1 } });
        await hub.Http.PostAsJsonAsync("/api/events/alert:drift", new JsonObject { ["payload"] = new JsonObject { ["score"] = 2 } });

        Assert.Equal(["0.4 error", "1 critical", "2 undefined"], (await hub.UntilRunsAsync("all", 3)).SelectMany(run => run.Lines).Order());
        Assert.Equal("digits far off", Assert.Single(Assert.Single(await hub.UntilRunsAsync("bad", 1)).Lines));
        var wrong = await hub.Http.PostAsJsonAsync("/api/alerts", new Alert("") { Severity = "awful" }, ContractJson.Options);
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Contains("'severity' must be one of info, warning, error, critical", await wrong.Content.ReadAsStringAsync());
        var odd = await hub.Http.PostAsync("/api/flows/import?publish=true", new StringContent(TriggerCalls.Flow("odd", TriggerCalls.Trigger("Flows.Alert", ("alert", "x"), ("withLabels", "digits"))), System.Text.Encoding.UTF8, "application/json"));
        Assert.Contains("must be a JSON object of texts", await odd.Content.ReadAsStringAsync());
    }

    private static async Task RaiseAsync(TestHub hub, Alert alert) => Assert.True((await hub.Http.PostAsJsonAsync("/api/alerts", alert, ContractJson.Options)).IsSuccessStatusCode);

    private static string After(string id, string flow, string outcome, string script) =>
        TriggerCalls.Flow(id, TriggerCalls.Trigger("Flows.RunFinished", ("flow", flow), ("outcome", outcome)), script, "output");

    private static async Task RegisterAsync(TestHub hub)
    {
        var stored = await (await hub.Http.PostAsync("/api/artifacts", new StringContent("a model"))).Content.ReadFromJsonAsync<JsonObject>();
        var registration = new ModelRegistration("digits", new Artifact((string)stored!["sha256"]!, "Model", "digits.onnx", 7));
        var answer = await hub.Http.PostAsJsonAsync("/api/models", registration, ContractJson.Options);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
