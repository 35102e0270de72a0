using Flows.Designer.Inspector.Code;
using Flows.Tests.Support;
using Microsoft.Playwright;

namespace Flows.Tests.Browser;

/// <summary>The large code editor: loaded when it is opened, knows the flow, keeps what was written.</summary>
[Collection(SharedBrowser.Name)]
public sealed class CodeEditorTests(ChromiumFixture chromium)
{
    [Theory, InlineData("light"), LongData("dark")]
    public async Task A_script_is_written_with_the_words_of_the_flow(string theme)
    {
        var name = $"coded-{theme}";
        if (!CodeBundle.IsThere) Assert.Skip("built without the code editor: designer/code-editor/bundle makes it, ./test calls that");
        await using var page = await chromium.OpenAsync(theme == "dark" ? ColorScheme.Dark : ColorScheme.Light);
        await chromium.Hub.ImportAsync(Some.Chain(name, Some.Line("a", "one"), Some.Activity("script", "Elsa.RunJavaScript", ("script", Some.Text("// greets\nreturn 'hello'")))).WithVariables("greeting", "my_rate"));
        await page.GoAsync($"/flows/{name}");
        Assert.False(await page.Page.EvaluateAsync<bool>("performance.getEntriesByType('resource').some(one => one.name.includes('code-editor')) && !window.wasOpened"));
        await page["[data-node=script] .node-box"].ClickAsync(new() { Position = new Position { X = 100, Y = 20 } });

        await page["[data-field=script]"].FocusAsync();
        await page.Page.Keyboard.PressAsync("Control+e");
        await Assertions.Expect(page[".cm-content"]).ToBeFocusedAsync();
        await page.Page.Keyboard.PressAsync("Control+End");
        await page.Page.Keyboard.TypeAsync(" + variables.gr");
        await Assertions.Expect(page[".cm-tooltip-autocomplete li >> nth=0"]).ToContainTextAsync("greeting");
        await page.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page[".cm-tooltip-autocomplete"]).ToHaveCountAsync(0);
        await Assertions.Expect(page[".code-dialog"]).ToBeVisibleAsync();
        await page.Page.Keyboard.PressAsync("Control+Space");
        await Assertions.Expect(page[".cm-tooltip-autocomplete li >> nth=0"]).ToContainTextAsync("greeting");
        await page.ShootAsync($"code-editor-{theme}");
        await page["[data-part=code-editor] .cm-tooltip-autocomplete li >> nth=0"].ClickAsync();
        await page.Page.Keyboard.PressAsync("Control+Enter");

        await Assertions.Expect(page[".code-dialog"]).ToHaveCountAsync(0);
        await Assertions.Expect(page["[data-field=script]"]).ToHaveValueAsync("// greets\nreturn 'hello' + variables.greeting");
        await Assertions.Expect(page["[data-part=save-state]"]).ToHaveTextAsync("Draft saved");
        await page.Page.EvaluateAsync("window.wasOpened = true");
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Whoever_writes_before_the_words_are_there_is_offered_them_then()
    {
        await using var page = await chromium.OpenAsync();
        await chromium.Hub.ImportAsync(Some.Chain("quick-code", Some.Activity("script", "Elsa.RunJavaScript", ("script", Some.Text("return ")))).WithVariables("greeting"));
        var written = new TaskCompletionSource();
        await page.Page.RouteAsync("**/js/code.*", async route =>
        {
            await written.Task;
            await route.ContinueAsync();
        });
        await page.LoadAsync("/flows/quick-code");
        await page["[data-node=script] .node-box"].ClickAsync(new() { Position = new Position { X = 100, Y = 20 } });
        await page["[data-field=script]"].FocusAsync();
        await page.Page.Keyboard.PressAsync("Control+End");
        await page.Page.Keyboard.TypeAsync("variables.");
        written.SetResult();

        await Assertions.Expect(page["#field-script-words li"]).ToHaveTextAsync(["greetingObject"]);
        await page.Page.UnrouteAllAsync();
    }

    [Fact]
    public async Task The_small_editor_offers_the_words_of_the_flow_too()
    {
        await using var page = await chromium.OpenAsync();
        await chromium.Hub.ImportAsync(Some.Chain("small-code", Some.Line("a", "one"), Some.Activity("script", "Elsa.RunJavaScript", ("script", Some.Text("return ")))).WithVariables("greeting", "my_rate"));
        await page.GoAsync("/flows/small-code");
        await page["[data-node=script] .node-box"].ClickAsync(new() { Position = new Position { X = 100, Y = 20 } });
        var (box, offered) = (page["[data-field=script]"], page["#field-script-words li"]);

        await box.FocusAsync();
        await page.Page.Keyboard.PressAsync("Control+End");
        await page.Page.Keyboard.TypeAsync("variables.");
        await Assertions.Expect(offered).ToHaveTextAsync(["greetingObject", "my_rateObject"]);
        await page.ShootAsync("small-code-editor");
        if (Axe.IsThere) Assert.Empty(await Axe.ReadAsync(page, "words under a field"));
        await page.Page.Keyboard.PressAsync("ArrowDown");
        await page.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(box).ToHaveValueAsync("return variables.my_rate");
        await page.Page.Keyboard.TypeAsync(" + gre");
        await Assertions.Expect(offered.First).ToBeVisibleAsync();
        await page.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page["#field-script-words"]).ToBeHiddenAsync();

        await page.Page.Keyboard.PressAsync("Control+Space");
        await offered.Filter(new() { HasText = "getGreeting" }).ClickAsync();
        await box.BlurAsync();

        await Assertions.Expect(box).ToHaveValueAsync("return variables.my_rate + getGreeting()");
        Assert.Empty(page.Errors);
    }
}
