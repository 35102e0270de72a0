using System.Text.Json.Nodes;
using Flows.Contract.Runs;
using Flows.Tests.Support;

namespace Flows.Tests.Runs;

public sealed class EndlessLoopTests
{
    [Fact]
    public async Task A_loop_of_inline_steps_that_never_ends_is_cancelled()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(Some.Chain("endless", Endless()));
        var run = await hub.StartRunAsync("endless");
        await hub.UntilAsync(run, record => record.Steps.Count > 50);

        await hub.Http.PostAsync($"/api/runs/{run}/cancel", null);

        Assert.Equal(RunSubStatus.Cancelled, (await hub.UntilAsync(run, record => record.Status == RunStatus.Finished)).SubStatus);
    }

    [Fact]
    public async Task The_server_stops_in_the_middle_of_a_loop_that_never_ends()
    {
        var hub = await TestHub.StartAsync();
        await hub.ImportAsync(Some.Chain("endless", Endless()));
        var run = await hub.StartRunAsync("endless");
        await hub.UntilAsync(run, record => record.Steps.Count > 50);

        var stopped = hub.DisposeAsync().AsTask();

        await stopped.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static JsonObject Endless() => Some.Activity("w", "Elsa.While",
        ("condition", new JsonObject { ["typeName"] = "Boolean", ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = true } }),
        ("body", Some.Activity("v", "Elsa.SetName", ("value", Some.Text("again")))));
}
