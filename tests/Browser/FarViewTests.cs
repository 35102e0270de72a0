using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flows.Tests.Support;
using Microsoft.Playwright;

namespace Flows.Tests.Browser;

/// <summary>A flow seen whole from afar, where its nodes are parts of a few paths.</summary>
[Collection(SharedBrowser.Name)]
public sealed class FarViewTests(ChromiumFixture chromium) : IDisposable
{
    private const int Row = 20, Rows = 12;

    private readonly string _folder = Directory.CreateTempSubdirectory("flows-far-").FullName;

    private string Held => Path.Combine(_folder, "held");

    [Fact]
    public async Task A_crowd_that_is_chosen_is_a_few_paths_and_moves_as_one()
    {
        await using var page = await OpenAsync("crowd");
        var hand = new CanvasHand(page);
        await hand.PressAsync("f", "Control+a");
        await Assertions.Expect(hand["[data-node]"]).ToHaveCountAsync(1);
        await Assertions.Expect(hand[".wire"]).ToHaveCountAsync(0);
        await Assertions.Expect(hand[".far"]).ToHaveAttributeAsync("aria-label", "240 nodes seen from afar, 240 selected");

        var (crowd, last) = (hand[".far-crowd .far-node"].First, hand["[data-node=n239]"]);
        var (first, n45) = (await crowd.GetAttributeAsync("d"), await hand.SpotAsync(5 * 400 + 100, 2 * 300 + 20));
        await hand.HoldAsync(n45, (n45.X, n45.Y + 60));
        await Assertions.Expect(hand[".far-crowd"]).ToHaveAttributeAsync("style", new Regex(@"translate\(0px, \d+px\)"));
        await Assertions.Expect(last).ToHaveAttributeAsync("style", new Regex("translate"));
        await hand.Mouse.UpAsync();
        await Assertions.Expect(crowd).ToHaveAttributeAsync("d", new Regex("^M0 [1-9]"));
        await Assertions.Expect(last).Not.ToHaveAttributeAsync("transform", "translate(7600 3300)");
        await Assertions.Expect(hand[".far-crowd"]).Not.ToHaveAttributeAsync("style", new Regex("translate"));
        await hand.PressAsync("Control+z");
        await Assertions.Expect(crowd).ToHaveAttributeAsync("d", first!);

        // The first row stays: of the wire that leads out of it one end goes along.
        var (above, below) = (await hand.SpotAsync(-200, 200), await hand.SpotAsync(8000, 3500));
        await hand.DragAsync(above, below, "Shift");
        await Assertions.Expect(page["[data-part=said]"]).ToHaveTextAsync("220 nodes selected");
        var pulled = hand[".pulled-to"];
        await Assertions.Expect(pulled).ToHaveAttributeAsync("d", "M7810 23L0 323");
        await hand.HoldAsync(n45, (n45.X, n45.Y + 60));
        await Assertions.Expect(pulled).ToHaveAttributeAsync("d", new Regex("^M7810 23L0 (?!323)"));
        await page.Page.Keyboard.PressAsync("Escape");
        await hand.Mouse.UpAsync();
        await Assertions.Expect(pulled).ToHaveAttributeAsync("d", "M7810 23L0 323");
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Near_by_a_chosen_crowd_is_made_of_elements_where_it_is_seen_and_moves_whole()
    {
        await using var page = await OpenAsync("near-crowd");
        var hand = new CanvasHand(page);
        await hand.ClickAsync("n0");
        await hand.PressAsync("Control+a");
        await hand.SelectedAsync(await hand["[data-node]"].CountAsync());
        Assert.InRange(await hand["[data-node]"].CountAsync(), 5, 120);

        var (n0, last) = (await hand.HeadAsync("n0"), hand["[data-node=n239]"]);
        await hand.DragAsync(n0, (n0.X, n0.Y + 80));
        await Assertions.Expect(last).Not.ToHaveAttributeAsync("transform", "translate(7600 3300)");
        await Assertions.Expect(hand["[data-node=n0]"]).Not.ToHaveAttributeAsync("transform", "translate(0 0)");
        await hand.PressAsync("Escape", "f");
        await Assertions.Expect(hand[".far-node"].First).ToHaveAttributeAsync("d", new Regex("^M0 [1-9]"));
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task By_keys_alone_one_walks_finds_and_opens_from_afar_and_hears_and_sees_where_one_is()
    {
        await using var page = await OpenAsync("far-keys");
        var hand = new CanvasHand(page);
        await hand.PressAsync("f");
        await Assertions.Expect(hand["[data-node]"]).ToHaveCountAsync(0);
        await Assertions.Expect(page["[data-part=canvas]"]).ToBeFocusedAsync();

        foreach (var (key, node) in ((string, string)[])[("ArrowRight", "n0"), ("ArrowRight", "n1"), ("ArrowDown", "n21"), ("ArrowLeft", "n20")])
            await OneAsync(page, key, node);
        await page.Page.Keyboard.PressAsync("Shift+ArrowRight");
        await Assertions.Expect(page["[data-part=said]"]).ToHaveTextAsync("2 nodes selected");

        await page.Page.Keyboard.PressAsync("Control+f");
        await hand.TakeAsync("Line 200");
        await HereAsync(page, "n200");
        await Assertions.Expect(page["[data-part=canvas]"]).ToBeFocusedAsync();
        await Assertions.Expect(hand["[data-node=n200] .node-box"]).ToHaveCSSAsync("vector-effect", "non-scaling-stroke");
        await page.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page["[data-part=inspector] :focus"]).ToHaveCountAsync(1);
        await page.ShootAsync("far-keys");
        Assert.Empty(page.Errors);
    }

    [Theory, InlineData("light"), InlineData("dark")]
    public async Task A_run_is_seen_from_afar(string theme)
    {
        await using var page = await OpenAsync($"far-run-{theme}", Running(), theme == "dark" ? ColorScheme.Dark : ColorScheme.Light);
        var hand = new CanvasHand(page);
        await File.WriteAllTextAsync(Held, "", TestContext.Current.CancellationToken);
        await hand.PressAsync("f");
        await page["[data-action=run]"].ClickAsync();
        foreach (var state in (string[])["completed", "faulted", "running", "suspended", "pending"])
            await Assertions.Expect(hand[$".far-node.{state}"]).Not.ToHaveCountAsync(0);
        await hand.PressAsync("ArrowRight", "ArrowDown", "f");
        await page.ShootAsync($"far-run-{theme}");
        await hand.PressAsync("Control+a");
        await Assertions.Expect(hand[".far-crowd .far-node.running"]).ToHaveCountAsync(1);
        await page.ShootAsync($"far-run-chosen-{theme}");
        File.Delete(Held);
        await Assertions.Expect(hand[".far-crowd .far-node.running"]).ToHaveCountAsync(0);
        Assert.Empty(page.Errors);
    }

    private static async Task OneAsync(ObservedPage page, string key, string node)
    {
        await page.Page.Keyboard.PressAsync(key);
        await HereAsync(page, node);
    }

    // Said aloud, where the keyboard is, and an element with a name of its own.
    private static async Task HereAsync(ObservedPage page, string node)
    {
        var title = $"Line {node[1..]}";
        await Assertions.Expect(page["[data-part=said]"]).ToHaveTextAsync($"{title} selected");
        await Assertions.Expect(page["[data-part=canvas]"]).ToHaveAttributeAsync("aria-activedescendant", $"node-{node}");
        await Assertions.Expect(page[$"#node-{node}"]).ToHaveAttributeAsync("aria-label", new Regex($"^{title}, .*selected"));
        await Assertions.Expect(page[$"#node-{node}"]).ToBeInViewportAsync();
    }

    private async Task<ObservedPage> OpenAsync(string id, JsonObject[]? nodes = null, ColorScheme scheme = ColorScheme.Light)
    {
        await chromium.Hub.ImportAsync(InRows(Some.Chain(id, nodes ?? [.. Enumerable.Range(0, Row * Rows).Select(Line)]), apart: nodes is not null));
        var page = await chromium.OpenAsync(scheme);
        await page.GoAsync($"/flows/{id}");
        await page["[data-part=canvas] [data-node]"].First.WaitForAsync();
        return page;
    }

    // One row fails in its middle, one waits there and one works on.
    private JsonObject[] Running() =>
    [
        .. Enumerable.Range(0, Row * Rows).Select(i => At(i, i switch
        {
            4 * Row + 9 => Some.Activity($"n{i}", "Elsa.Fault", ("message", Some.Text("the well is dry"))),
            7 * Row + 12 => Some.Delay($"n{i}", 600),
            9 * Row + 5 => Some.Activity($"n{i}", "Flows.PythonScript", ("script", Some.Text($"""
                import os, time
                while os.path.exists("{Held}"): time.sleep(0.02)
                """))),
            _ when i % 7 == 3 => Some.Activity($"n{i}", "Elsa.SetName", ("value", Some.Text("far"))),
            _ => Some.Line($"n{i}", "x"),
        })),
    ];

    private static JsonObject Line(int i) => At(i, Some.Line($"n{i}", "x"));

    private static JsonObject At(int i, JsonObject activity)
    {
        activity["metadata"] = new JsonObject
        {
            ["displayText"] = $"Line {i}",
            ["designer"] = new JsonObject { ["position"] = new JsonObject { ["x"] = i % Row * 400, ["y"] = i / Row * 300 } },
        };
        return activity;
    }

    /// <param name="apart">Rows begin at the first node instead of at the end of the row before, and go on where another fails.</param>
    private static string InRows(string flow, bool apart)
    {
        if (!apart) return flow;
        var json = JsonNode.Parse(flow)!.AsObject();
        foreach (var wire in json["root"]!["connections"]!.AsArray())
            if (int.Parse(((string)wire!["target"]!["activity"]!)[1..]) is var to && to % Row == 0) wire["source"]!["activity"] = "n0";
        json["options"] = new JsonObject { ["incidentStrategyType"] = "ContinueWithIncidentsStrategy" };
        return json.ToJsonString();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
