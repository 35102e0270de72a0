using System.Globalization;
using System.Text.Json.Nodes;
using Flows.Tests.Support;
using Microsoft.Playwright;

namespace Flows.Tests.Browser;

/// <summary>Flow files of people who mean harm, or know no measure: nothing in them executes, and the tab goes on.</summary>
[Collection(SharedBrowser.Name)]
public sealed class HostileFlowTests(ChromiumFixture chromium)
{
    private const string Attack = "<img src=x onerror=\"window.harmed=1\"><script>window.harmed=1</script>{{constructor.constructor('window.harmed=1')()}}";

    [Fact]
    public async Task Names_notes_groups_and_places_of_a_hostile_file_do_no_harm()
    {
        await using var page = await chromium.OpenAsync();
        await chromium.Hub.ImportAsync(Hostile());
        var run = await chromium.Hub.RunAsync("hostile");

        await page.GoAsync("/");
        await Assertions.Expect(page["[data-flow=hostile]"]).ToContainTextAsync("<img src=x");
        await page.GoAsync("/flows/hostile");
        foreach (var node in new[] { "far", "turned", "faces", "long" }) await Assertions.Expect(page[$"[data-part=canvas] [data-node={node}]"]).ToHaveCountAsync(1);
        await Assertions.Expect(page[".note-text a:not([href='https://d'])"]).ToHaveCountAsync(0);
        await page["[data-node=far] .node-box"].ClickAsync(new() { Position = new Position { X = 100, Y = 20 } });
        await Assertions.Expect(page["[data-part=inspector] [data-field=title]"]).ToHaveValueAsync(Attack);
        await page["[data-part=canvas]"].FocusAsync();
        await page.Page.Keyboard.PressAsync("f");
        await page.ShootAsync("hostile");
        await page.GoAsync($"/runs/{run.Id}");
        await Assertions.Expect(page["[data-part=graph] [data-node]"]).ToHaveCountAsync(4);

        Assert.Equal("undefined", await page.Page.EvaluateAsync<string>("typeof window.harmed"));
        // The server is every browser test's.
        await chromium.Hub.Http.DeleteAsync("/api/flows/hostile");
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Twenty_thousand_nodes_open_and_can_be_worked_with()
    {
        Long.Only();
        await using var page = await chromium.OpenAsync();
        await chromium.Hub.ImportAsync(Some.Chain("vast", [.. Enumerable.Range(0, 20_000).Select(i => At(Some.Line($"n{i}", "x"), i % 200 * 300.0, i / 200 * 120.0))]));

        await page.GoAsync("/flows/vast");
        await page["[data-node=n0] .node-box"].ClickAsync(new() { Position = new Position { X = 100, Y = 20 } });
        await page["[data-part=inspector] [data-field=title]"].FillAsync("First");
        await page["[data-part=inspector] [data-field=title]"].BlurAsync();

        await Assertions.Expect(page["[data-node=n0] .node-title"]).ToHaveTextAsync("First");
        await Assertions.Expect(page["[data-part=save-state]"]).ToHaveTextAsync("Draft saved");
        Assert.Empty(page.Errors);
    }

    private static string Hostile()
    {
        var flow = JsonNode.Parse(Some.Chain("hostile",
            At(Titled(Some.Line("far", Attack), Attack), 1e308, -1e308),
            At(Titled(Some.Line("turned", "x"), "مرحبا \u202Egpj.exe"), double.MaxValue, 0),
            At(Titled(Some.Line("faces", "x"), "👩‍👩‍👧‍👦🏳️‍🌈 " + new string('́', 300)), 0, 600),
            At(Titled(Some.Line("long", "x"), new string('W', 20_000)), 400, 600)))!.AsObject();
        (flow["name"], flow["description"]) = (Attack, Attack);
        flow["root"]!["customProperties"] = new JsonObject
        {
            // Groups in each other and in themselves.
            ["groups"] = new JsonArray(Group("one", "group:two", "group:one", "faces"), Group("two", "group:one", "two", "long", "gone"), Group("one", "far")),
            ["notes"] = new JsonArray(
                new JsonObject { ["id"] = "links", ["text"] = $"{Attack} [x](javascript:window.harmed=1) [y](data:text/html,<script>)", ["x"] = 0, ["y"] = 200, ["width"] = 1e300, ["height"] = -5 },
                new JsonObject { ["id"] = "heavy", ["text"] = string.Concat(Enumerable.Repeat("**a** `b` [c](https://d) \n", 200_000)), ["x"] = "1e999", ["y"] = -1e308 }),
        };
        return flow.ToJsonString();
    }

    private static JsonObject Group(string id, params string[] nodes) =>
        new() { ["id"] = id, ["title"] = Attack, ["colour"] = "red;background:url(https://example.org)", ["nodes"] = new JsonArray([.. nodes.Select(node => (JsonNode)node)]) };

    private static JsonObject Titled(JsonObject activity, string title)
    {
        activity["metadata"] = new JsonObject { ["displayText"] = title };
        return activity;
    }

    private static JsonObject At(JsonObject activity, double x, double y)
    {
        activity["metadata"] ??= new JsonObject();
        activity["metadata"]!["designer"] = new JsonObject { ["position"] = new JsonObject { ["x"] = JsonNode.Parse(x.ToString("R", CultureInfo.InvariantCulture)), ["y"] = y } };
        return activity;
    }
}
