using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Hub;
using Flows.Tests.Support;

namespace Flows.Tests.Runs;

/// <summary>What a flow's activation strategy promises holds over all orchestrators that share a database.</summary>
public sealed class ActivationTests(PostgresServer postgres)
{
    [Theory]
    [InlineData("Elsa.Workflows.ActivationValidators.SingletonStrategy, Elsa.Workflows.Core", 1)]
    [InlineData("Elsa.Workflows.ActivationValidators.CorrelatedSingletonStrategy, Elsa.Workflows.Core", 2)]
    [InlineData("Elsa.Workflows.ActivationValidators.CorrelationStrategy, Elsa.Workflows.Core", 2)]
    [InlineData("Elsa.Workflows.ActivationValidators.AllowAlwaysStrategy, Elsa.Workflows.Core", 24)]
    public async Task Of_many_starts_at_two_orchestrators_as_many_go_on_as_the_strategy_allows(string strategy, int allowed)
    {
        var options = new HubOptions { Storage = await postgres.NewDatabaseAsync() };
        await using var one = await TestHub.StartAsync(options: options);
        await using var two = await TestHub.StartAsync(options: options);
        var flow = JsonNode.Parse(Some.Chain("one", Some.Activity("event", "Elsa.Event", ("eventName", Some.Text("go")))))!;
        flow["options"] = new JsonObject { ["activationStrategyType"] = strategy };
        await one.ImportAsync(flow.ToJsonString());

        var answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => StartAsync(i % 4 < 2 ? one : two, $"c{i % 2}")));

        Assert.Equal(allowed, answers.Count(answer => answer.StatusCode == HttpStatusCode.Accepted));
        Assert.Equal(24 - allowed, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
        await two.Http.UntilListedAsync(runs => runs.Count == allowed && runs.All(run => run!["subStatus"]!.GetValue<string>() == "Suspended"));
        await two.Http.PostAsJsonAsync("/api/events/go", new { });
        await one.Http.UntilListedAsync(runs => runs.All(run => run!["status"]!.GetValue<string>() == "Finished"));
        // A run shows that it is over a moment before that is written down.
        await Eventually.TrueAsync(async () => (await StartAsync(two, "c0")).StatusCode == HttpStatusCode.Accepted);
    }

    private static Task<HttpResponseMessage> StartAsync(TestHub hub, string correlation) =>
        hub.Http.PostAsJsonAsync("/api/flows/one/runs", new RunRequest { CorrelationId = correlation }, ContractJson.Options);
}
