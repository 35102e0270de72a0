using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Hub;
using Flows.Tests.Support;
using static Flows.Tests.Runs.DebugCalls;

namespace Flows.Tests.Runs;

/// <summary>Looking into a run where steps lie deeper than the flow's own chart, with two servers on one PostgreSQL of which the one that began the run goes away.</summary>
public sealed class DebugPlacesTests(PostgresServer postgres)
{
    [Fact]
    public async Task Loops_bodies_and_used_flows_are_looked_into_from_another_server_and_when_the_first_is_gone()
    {
        var options = new HubOptions { Storage = await postgres.NewDatabaseAsync() };
        await using var two = await TestHub.StartAsync(options: options);
        var standing = new List<(string Place, string Run)>();
        await using (var one = await TestHub.StartAsync(options: options))
        {
            foreach (var place in Places)
            {
                await ImportAsync(one, place, make => make);
                var run = await StartAsync(one.Http, place.Flow, new DebugRequest { Breakpoints = [new Breakpoint("say", place.Definition)] });
                await two.Http.UntilRunAsync(run, record => record is { SubStatus: RunSubStatus.Suspended, Bookmarks: [{ ActivityId: "say", Halt: Halt.Breakpoint }] });
                Assert.Equal("made", (await two.Http.GetFromJsonAsync<PortValue>($"/api/runs/{run}/ports/make/result", ContractJson.Options))!.Value!.GetValue<string>());
                await PostAsync(two.Http, $"/api/runs/{run}/step");
                var stepped = await two.Http.UntilRunAsync(run, record => record is { SubStatus: RunSubStatus.Suspended, Bookmarks: [{ Halt: Halt.Step }] });
                Assert.Equal(["made"], stepped.Lines);
                standing.Add((place.Flow, run));
            }
        }

        foreach (var (place, (_, run)) in Places.Zip(standing))
        {
            await two.Http.PutAsJsonAsync($"/api/runs/{run}/breakpoints", Array.Empty<Breakpoint>(), ContractJson.Options);
            await PostAsync(two.Http, $"/api/runs/{run}/continue");
            Assert.Equal(Said("made", place), (await two.Http.UntilRunAsync(run, record => record.Status == RunStatus.Finished)).Lines);
            Assert.Equal("made", (await two.Http.GetFromJsonAsync<PortValue>($"/api/runs/{run}/ports/make/result", ContractJson.Options))!.Value!.GetValue<string>());

            // What a body or a used flow holds is done anew where the flow itself names it.
            var again = await two.Http.PostAsJsonAsync($"/api/runs/{run}/rerun?from={place.Named}&wait=60", new { debug = new DebugRequest() }, ContractJson.Options);
            Assert.Equal(Said("made", place), (await again.Content.ReadFromJsonAsync<RunRecord>(ContractJson.Options))!.Lines);
            Assert.Equal(Said("made", place)[..^1], (await RunAsync(two.Http, place.Flow, new DebugRequest { To = place.Named })).Lines);
            await ImportAsync(two, place, make => Pinned(make, "pinned"));
            Assert.Equal(Said("pinned", place), (await RunAsync(two.Http, place.Flow, new DebugRequest())).Lines);
        }
    }

    /// <param name="Named">The step to run to and from, as the flow itself knows it.</param>
    private sealed record Place(string Flow, int Passes, string Named, string? Definition, Func<JsonObject, JsonObject> Around);

    private static Place[] Places { get; } =
    [
        new("in-loop", 2, "say", null, body => Some.Loop("loop", 2, body)),
        new("in-body", 2, "say", null, body => Each("each", "[1,2]", body)),
        new("in-used", 1, "use", "inside", body => Some.Activity("use", "Inside", ("workflowDefinitionId", JsonValue.Create("inside")))),
    ];

    private static async Task ImportAsync(TestHub hub, Place place, Func<JsonObject, JsonObject> change)
    {
        var body = Sequence("s", change(Some.Activity("make", "Elsa.RunJavaScript", ("script", Script("return 'made'")))), Js("say", "getOutputFrom('make')"));
        if (place.Definition is { } used) await hub.ImportAsync(Some.Chain(used, body));
        await hub.ImportAsync(Some.Chain(place.Flow, place.Around(body), Some.Line("after", "after")));
    }

    private static string[] Said(string what, Place place) => [.. Enumerable.Repeat(what, place.Passes), "after"];
}
