using System.Text.RegularExpressions;
using Flows.Tests.Support;
using Microsoft.Playwright;

namespace Flows.Tests.Browser;

/// <summary>Looking into a flow as a person does: breakpoints, steps, pins, run to and from a node, a flow made of a selection.</summary>
[Collection(SharedBrowser.Name)]
public sealed class DebugTests(ChromiumFixture chromium)
{
    [Theory, InlineData("light"), LongData("dark")]
    public async Task A_run_stops_at_a_breakpoint_survives_a_reload_and_goes_on_step_by_step(string theme)
    {
        await using var page = await OpenAsync($"stops-{theme}", theme);
        await ChooseAsync(page, "b");
        await page.Page.Keyboard.PressAsync("b");
        await Assertions.Expect(page["[data-node=b] .node-stop"]).ToHaveCountAsync(1);
        await page["[data-action=run]"].ClickAsync();
        await Assertions.Expect(page["[data-part=debug-bar]"]).ToContainTextAsync("Stopped before");
        await Assertions.Expect(page["[data-node=b]"]).ToHaveClassAsync(new Regex("halted"));
        await page.ShootAsync($"debug-stopped-{theme}");

        await page.LoadAsync($"/flows/stops-{theme}");
        await Assertions.Expect(page["[data-node=b] .node-stop"]).ToHaveCountAsync(1);
        await page["[data-part=debug-bar] [data-action=step]"].ClickAsync();
        await Assertions.Expect(page["[data-node=c]"]).ToHaveClassAsync(new Regex("halted"));
        await Assertions.Expect(page["[data-node=b]"]).ToHaveAttributeAsync("data-state", "Completed");
        await page["[data-part=debug-bar] [data-action=continue]"].ClickAsync();
        await Assertions.Expect(page["[data-node=c]"]).ToHaveAttributeAsync("data-state", "Completed");
        await Assertions.Expect(page["[data-part=debug-bar]"]).ToHaveCountAsync(0);
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Nodes_are_run_to_pinned_unpinned_by_undo_and_run_from()
    {
        await using var page = await OpenAsync("pinning");
        await ChooseAsync(page, "make");
        await page["[data-action=run-to]"].ClickAsync();
        await Assertions.Expect(page["[data-node=make]"]).ToHaveAttributeAsync("data-state", "Completed");
        await Assertions.Expect(page["[data-part=said]"]).ToContainTextAsync("The run came to");
        await Assertions.Expect(page["[data-node=b]"]).ToHaveAttributeAsync("data-state", "Idle");

        await ChooseAsync(page, "make");
        await page.Page.Keyboard.PressAsync("p");
        await Assertions.Expect(page["[data-node=make] .node-pin"]).ToHaveCountAsync(1);
        await page["[data-action=undo]"].ClickAsync();
        await Assertions.Expect(page["[data-node=make] .node-pin"]).ToHaveCountAsync(0);
        await page["[data-action=redo]"].ClickAsync();
        await page["[data-action=run]"].ClickAsync();
        await Assertions.Expect(page["[data-node=c]"]).ToHaveAttributeAsync("data-state", "Completed");
        await Assertions.Expect(page["[data-node=make] .node-kind"]).ToHaveTextAsync("Pinned");
        await page.ShootAsync("debug-pinned");

        await ChooseAsync(page, "c");
        await page["[data-part=canvas]"].FocusAsync();
        await page.Page.Keyboard.PressAsync("Shift+Enter");
        await page["[data-action=run]"].WaitForAsync();
        await Eventually.TrueAsync(async () => (await chromium.Hub.Http.GetStringAsync("/api/runs?definitionId=pinning")).Contains("\"resume\"", StringComparison.Ordinal));
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task A_selection_becomes_a_flow_and_its_nodes_come_back()
    {
        await using var page = await OpenAsync("parted");
        await ChooseAsync(page, "b");
        await page["[data-node=c] .node-box"].ClickAsync(new() { Position = new Position { X = 100, Y = 20 }, Modifiers = [KeyboardModifier.Shift] });
        await CommandAsync(page, "Make a flow of");
        await Assertions.Expect(page["[data-part=canvas] [data-node=b]"]).ToHaveCountAsync(0);
        await Assertions.Expect(page["[data-part=canvas] .node-title >> text=parted part"]).ToHaveCountAsync(1);
        await page.ShootAsync("debug-parted");
        await page["[data-action=run]"].ClickAsync();
        await Assertions.Expect(page["[data-part=said]"]).ToContainTextAsync("The run finished");

        await CommandAsync(page, "Put the flow's");
        await Assertions.Expect(page["[data-part=canvas] [data-node=c]"]).ToHaveCountAsync(1);
        await page["[data-action=undo]"].ClickAsync();
        await page["[data-action=undo]"].ClickAsync();
        await Assertions.Expect(page["[data-part=canvas] [data-node=b]"]).ToHaveCountAsync(1);
        Assert.Empty(page.Errors);
    }

    private static async Task ChooseAsync(ObservedPage page, string node) => await page[$"[data-node={node}] .node-box"].ClickAsync(new() { Position = new Position { X = 100, Y = 20 } });

    private static async Task CommandAsync(ObservedPage page, string name)
    {
        await page["[data-part=canvas]"].FocusAsync();
        await page.Page.Keyboard.PressAsync("Control+Shift+P");
        await page["[data-part=quick-add] input"].FillAsync(name);
        await page.Page.Keyboard.PressAsync("Enter");
    }

    private async Task<ObservedPage> OpenAsync(string name, string theme = "light")
    {
        await chromium.Hub.ImportAsync(Some.Chain(name, Some.Activity("make", "Elsa.RunJavaScript", ("script", Some.Text("return 7"))), Some.Line("b", "b"), Some.Line("c", "c")));
        var page = await chromium.OpenAsync(theme == "dark" ? ColorScheme.Dark : ColorScheme.Light);
        await page.GoAsync($"/flows/{name}");
        await page["[data-node=make]"].WaitForAsync();
        return page;
    }
}
