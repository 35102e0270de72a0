using Flows.Tests.Support;
using Microsoft.Playwright;

namespace Flows.Tests.Browser;

/// <summary>What the editor does beyond drawing: groups, notes, disabling, code, versions, merging.</summary>
[Collection(SharedBrowser.Name)]
public sealed class EditingTests(ChromiumFixture chromium)
{
    [Theory, InlineData("light"), LongData("dark")]
    public async Task Nodes_are_grouped_folded_noted_and_disabled_by_keys(string theme)
    {
        await using var page = await OpenAsync($"board-{theme}", theme);
        await page["[data-part=canvas]"].FocusAsync();
        await PressAsync(page, "Control+a", "Control+g");
        await page["[data-part=inspector] [data-field=title]"].FillAsync("Greetings");
        await page["[data-part=inspector] [data-field=title]"].BlurAsync();
        await Assertions.Expect(page[".group-title"]).ToHaveTextAsync("Greetings");
        await page["[data-part=canvas]"].FocusAsync();
        await PressAsync(page, "n", "Enter");
        await page["[data-field=note-text]"].FillAsync("# Why\nSay **hello**, then rest.\n- `first`\n- second\n<img src=x onerror=alert(1)>");
        await page["[data-field=note-text]"].BlurAsync();
        await Assertions.Expect(page[".note-text strong"]).ToHaveTextAsync("hello");
        await Assertions.Expect(page[".note-text img"]).ToHaveCountAsync(0);
        await page["[data-node=b] .node-box"].ClickAsync(new() { Position = new Position { X = 100, Y = 20 } });
        await PressAsync(page, "d");
        await Assertions.Expect(page["[data-node=b]"]).ToHaveClassAsync(new System.Text.RegularExpressions.Regex("disabled"));
        await PressAsync(page, "f");
        await page.ShootAsync($"editor-board-{theme}");

        await DragAsync(page, "[data-node='group:group1'] .group-bar", 60, 40);
        await page["[data-node='group:group1'] .group-bar"].DblClickAsync(new() { Position = new Position { X = 30, Y = 10 } });
        await Assertions.Expect(page["[data-node=a]"]).ToHaveCountAsync(0);
        await Assertions.Expect(page[".group-title"]).ToHaveTextAsync("Greetings · 3");

        // A reload in the middle of typing: the field was never left, so nobody had it yet.
        await Assertions.Expect(page["[data-part=save-state]"]).ToHaveTextAsync("Draft saved");
        await page["[data-part=inspector] [data-field=title]"].FillAsync("Good words");
        await page.LoadAsync($"/flows/board-{theme}");
        await Assertions.Expect(page[".group-title"]).ToHaveTextAsync("Good words · 3");
        await Assertions.Expect(page["[data-part=save-state]"]).ToHaveTextAsync("Draft saved");
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task The_code_of_a_flow_is_edited_and_comes_onto_the_canvas()
    {
        await using var page = await OpenAsync("coded");
        await page["[data-action=code]"].ClickAsync();
        var code = page["#code-view"];
        var text = await code.InputValueAsync();

        await code.FillAsync(text[..^4]);
        await page["[data-action=code-apply]"].ClickAsync();
        await Assertions.Expect(page["[data-part=code-problem]"]).ToContainTextAsync("cannot be read as JSON at line");

        await code.FillAsync(text.Replace("\"text\": {", "\"metadata\": { \"displayText\": \"By code\", \"designer\": { \"position\": { \"x\": 0, \"y\": 0 } } }, \"text\": {", StringComparison.Ordinal));
        await page["[data-action=code-apply]"].ClickAsync();
        await Assertions.Expect(page["[data-part=code-problem]"]).ToHaveCountAsync(0);
        await page["[data-action=code]"].ClickAsync();
        await Assertions.Expect(page["[data-node=a] .node-title"]).ToHaveTextAsync("By code");
        await page["[data-action=undo]"].ClickAsync();
        await Assertions.Expect(page["[data-node=a] .node-title"]).Not.ToHaveTextAsync("By code");
    }

    [Theory, InlineData("light"), LongData("dark")]
    public async Task Two_tabs_merge_and_what_both_changed_is_decided(string theme)
    {
        var flow = $"shared-{theme}";
        await using var mine = await OpenAsync(flow, theme);
        await using var theirs = await chromium.OpenAsync();
        await theirs.GoAsync($"/flows/{flow}");
        await Assertions.Expect(mine["[data-part=visitors] .visitor"]).ToHaveCountAsync(1);

        // What others save comes by itself, and where they are is seen.
        await TitleAsync(theirs, "b", "Theirs b");
        await Assertions.Expect(mine["[data-node=b] .node-title"]).ToHaveTextAsync("Theirs b");
        await Assertions.Expect(mine["[data-visitor=b]"]).ToHaveCountAsync(1);
        await mine.ShootAsync($"editor-together-{theme}");
        await TitleAsync(mine, "a", "Mine a");
        await Assertions.Expect(mine["[data-part=save-state]"]).ToHaveTextAsync("Draft saved");

        // Both at the same moment: as if the news had not come yet.
        await mine.Page.RouteAsync("**/presence/**", route => route.FulfillAsync(new() { Json = new { tag = "", others = Array.Empty<string>() } }));
        await Assertions.Expect(mine["[data-part=visitors]"]).ToHaveCountAsync(0);
        await TitleAsync(theirs, "c", "Theirs c");
        await Assertions.Expect(theirs["[data-part=save-state]"]).ToHaveTextAsync("Draft saved");
        await Assertions.Expect(theirs["[data-node=a] .node-title"]).ToHaveTextAsync("Mine a");
        await TitleAsync(mine, "c", "Mine c");
        await mine["[data-action=decide]"].ClickAsync();
        await mine.ShootAsync($"editor-merge-{theme}");
        await mine["[data-side=theirs]"].CheckAsync();
        await mine["[data-action=merge]"].ClickAsync();

        await Assertions.Expect(mine["[data-node=c] .node-title"]).ToHaveTextAsync("Theirs c");
        await Assertions.Expect(mine["[data-part=save-state]"]).ToHaveTextAsync("Draft saved");
        await mine.Page.UnrouteAsync("**/presence/**");

        // The system's clipboard carries nodes from one tab into another.
        await mine.Page.BringToFrontAsync();
        await mine["[data-part=canvas]"].FocusAsync();
        await PressAsync(mine, "Control+a", "Control+c");
        await theirs.Page.BringToFrontAsync();
        await theirs["[data-part=canvas]"].FocusAsync();
        await PressAsync(theirs, "Control+v");
        await Assertions.Expect(theirs["[data-part=canvas] .node"]).ToHaveCountAsync(6);
    }

    [Theory, InlineData("light"), LongData("dark")]
    public async Task An_older_version_is_compared_on_the_canvas_and_restored(string theme)
    {
        var flow = $"versions-{theme}";
        await using var page = await OpenAsync(flow, theme);
        await TitleAsync(page, "a", "Good evening");
        await page["[data-node=b] .node-box"].ClickAsync(new() { Position = new Position { X = 100, Y = 20 } });
        await PressAsync(page, "Delete");
        await page["[data-node=c] .node-box"].ClickAsync(new() { Position = new Position { X = 100, Y = 20 } });
        await PressAsync(page, "Control+ArrowDown", "Control+ArrowDown");
        await Assertions.Expect(page["[data-part=save-state]"]).ToHaveTextAsync("Draft saved");

        await page["[data-action=history]"].ClickAsync();
        await page["[data-version='1']"].ClickAsync();
        await Assertions.Expect(page["[data-ghost=b]"]).ToBeVisibleAsync();
        await Assertions.Expect(page["[data-node=a]"]).ToHaveClassAsync(new System.Text.RegularExpressions.Regex("changed"));
        await Assertions.Expect(page["[data-node=c]"]).ToHaveClassAsync(new System.Text.RegularExpressions.Regex("moved|changed"));
        await page.ShootAsync($"editor-versions-{theme}");

        await page["[data-action=restore]"].ClickAsync();
        await Assertions.Expect(page["[data-node=b]"]).ToBeVisibleAsync();
        await Assertions.Expect(page["[data-ghost]"]).ToHaveCountAsync(0);
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task A_link_opens_the_flow_with_what_it_names_selected()
    {
        await using var page = await OpenAsync("linked");

        await page.GoAsync("/flows/linked?select=b,c,gone");

        await Assertions.Expect(page[".node.selected"]).ToHaveCountAsync(2);
    }

    private async Task<ObservedPage> OpenAsync(string flow, string theme = "light")
    {
        await chromium.Hub.ImportAsync(Some.Chain(flow, Some.Line("a", "one"), Some.Line("b", "two"), Some.Line("c", "three")));
        var page = await chromium.OpenAsync(theme == "dark" ? ColorScheme.Dark : ColorScheme.Light);
        await page.GoAsync($"/flows/{flow}");
        await page["[data-node=a]"].WaitForAsync();
        return page;
    }

    private static async Task PressAsync(ObservedPage page, params string[] keys)
    {
        foreach (var key in keys) await page.Page.Keyboard.PressAsync(key);
    }

    private static async Task TitleAsync(ObservedPage page, string node, string title)
    {
        await page[$"[data-node={node}] .node-box"].ClickAsync(new() { Position = new Position { X = 100, Y = 20 } });
        await page["[data-part=inspector] [data-field=title]"].FillAsync(title);
        await page["[data-part=inspector] [data-field=title]"].BlurAsync();
    }

    private static async Task DragAsync(ObservedPage page, string what, float dx, float dy)
    {
        var box = (await page[what].BoundingBoxAsync())!;
        await page.Page.Mouse.MoveAsync(box.X + 20, box.Y + 8);
        await page.Page.Mouse.DownAsync();
        await page.Page.Mouse.MoveAsync(box.X + 20 + dx, box.Y + 8 + dy, new() { Steps = 4 });
        await page.Page.Mouse.UpAsync();
    }
}
