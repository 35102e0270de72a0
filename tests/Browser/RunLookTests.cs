using System.Text.Json.Nodes;
using Flows.Tests.Support;
using Microsoft.Playwright;

namespace Flows.Tests.Browser;

/// <summary>Looking at runs closely: two of them side by side, and the passes of a loop one by one.</summary>
[Collection(SharedBrowser.Name)]
public sealed class RunLookTests(ChromiumFixture chromium)
{
    [Theory, InlineData("light"), LongData("dark")]
    public async Task Two_runs_are_chosen_in_the_list_and_compared(string theme)
    {
        var flow = $"compared-{theme}";
        await using var page = await chromium.OpenAsync(theme == "dark" ? ColorScheme.Dark : ColorScheme.Light);
        await chromium.Hub.ImportAsync(Greeting(flow, Some.Line("greet", "good morning"), Some.Delay("rest", 0.2)));
        var older = await chromium.Hub.RunAsync(flow, new JsonObject { ["name"] = "Ada", ["seed"] = 1 });
        await chromium.Hub.ImportAsync(Greeting(flow, Some.Line("greet", "good evening"), Some.Delay("rest", 0.6), Some.Line("part", "good night")));
        var newer = await chromium.Hub.RunAsync(flow, new JsonObject { ["name"] = "Grace", ["seed"] = 1 });

        await page.GoAsync($"/runs/{newer.Id}");
        await page["[data-action=compare]"].ClickAsync();
        await Assertions.Expect(page[$"[data-run='{newer.Id}'] [data-field=compare]"]).ToBeCheckedAsync();
        await page[$"[data-run='{older.Id}'] [data-field=compare]"].CheckAsync();
        await page.ShootAsync($"runs-chosen-{theme}");
        await page["[data-part=compare-choice] [data-action=compare]"].ClickAsync();

        await Assertions.Expect(page["[data-side=A]"]).ToContainTextAsync(older.Id[^10..]);
        await Assertions.Expect(page["[data-part=inputs] tr.differs"]).ToHaveCountAsync(1);
        await Assertions.Expect(page["[data-value=name]"]).ToContainTextAsync("Ada");
        await Assertions.Expect(page["[data-pair=part]"]).ToContainTextAsync("only in B");
        await Assertions.Expect(page["[data-part=flow-changes]"]).ToContainTextAsync("good morning → good evening");
        await page.ShootAsync($"runs-compared-{theme}");
        await page["[data-field=only-differences]"].CheckAsync();
        await Assertions.Expect(page["[data-value=seed]"]).ToHaveCountAsync(0);
        await page["[data-action=swap]"].ClickAsync();
        await Assertions.Expect(page["[data-side=A]"]).ToContainTextAsync(newer.Id[^10..]);
        Assert.Empty(page.Errors);
    }

    [Theory, InlineData("light"), LongData("dark")]
    public async Task A_loops_passes_are_squares_that_open_their_steps(string theme)
    {
        var flow = $"passes-{theme}";
        await using var page = await chromium.OpenAsync(theme == "dark" ? ColorScheme.Dark : ColorScheme.Light);
        await chromium.Hub.ImportAsync(Some.Chain(flow, Some.Loop("loop", 300, Some.Line("say", "again"))));
        var run = await chromium.Hub.RunAsync(flow);

        await page.GoAsync($"/runs/{run.Id}");
        await Assertions.Expect(page["[data-strip=say] summary"]).ToContainTextAsync("300 passes");
        await page["[data-part=heat-cells]"].ClickAsync(new() { Position = new Position { X = 16 * 14 + 5, Y = 5 } });
        await Assertions.Expect(page["[data-part=chosen-step]"]).ToContainTextAsync("pass 17 of 300");
        await page.Page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(page["[data-part=chosen-step]"]).ToContainTextAsync("pass 18 of 300");
        await page["[data-tab=steps]"].ClickAsync();
        await Assertions.Expect(page["[data-step=say]"]).ToHaveCountAsync(1);
        await page.ShootAsync($"run-passes-{theme}");
        await page["[data-part=chosen-step] [aria-label='Show all steps']"].ClickAsync();
        await Assertions.Expect(page["[data-part=chosen-step]"]).ToHaveCountAsync(0);
        Assert.Empty(page.Errors);
    }

    private static string Greeting(string id, params JsonObject[] steps)
    {
        var flow = JsonNode.Parse(Some.Chain(id, steps))!.AsObject();
        flow["inputs"] = new JsonArray(new JsonObject { ["name"] = "name", ["type"] = "String" }, new JsonObject { ["name"] = "seed", ["type"] = "Int32" });
        return flow.ToJsonString();
    }
}
