using System.Text.RegularExpressions;
using Flows.Designer.Canvas;
using Flows.Tests.Support;
using Microsoft.Playwright;

namespace Flows.Tests.Browser;

/// <summary>Each key of the sheet, pressed in Chromium: a command that gets a key fails here until something presses it.</summary>
[Collection(SharedBrowser.Name)]
public sealed class KeyTests(ChromiumFixture chromium)
{
    private readonly HashSet<string> _pressed = [];

    [Fact]
    public async Task Every_key_does_what_the_sheet_says()
    {
        await using var page = await chromium.OpenAsync();
        await chromium.Hub.ImportAsync(Some.Chain("keys", Some.Line("a", "one"), Some.Activity("b", "Elsa.RunJavaScript", ("script", Some.Text("return 7"))), Some.Line("c", "three")));
        await page.GoAsync("/flows/keys");
        await page["[data-part=canvas] [data-node=c]"].WaitForAsync();
        var hand = new CanvasHand(page);

        await SelectsAsync(page, hand);
        await ListsAsync(page, hand);
        await EditsAsync(page, hand);
        await SeesAsync(page, hand);
        await RunsAsync(page, hand);

        Assert.Equal(EditorCommands.All.SelectMany(command => command.Keys.Split(", ", StringSplitOptions.RemoveEmptyEntries)).Distinct().Order(), _pressed.Order());
        Assert.Empty(page.Errors);
    }

    private async Task SelectsAsync(ObservedPage page, CanvasHand hand)
    {
        await FindAsync(hand, "three", "c");
        await hand.PressAsync("ArrowLeft");
        await IsAsync(hand, "b", "selected");
        await hand.PressAsync("Shift+ArrowLeft");
        await hand.SelectedAsync(2);
        var place = await hand.PlaceAsync("a");
        await hand.PressAsync("Control+ArrowDown");
        await Assertions.Expect(hand["[data-node=a]"]).Not.ToHaveAttributeAsync("transform", place);
        await PressAsync(hand, "Ctrl-A");
        await hand.SelectedAsync(3);
        await hand.PressAsync("Escape");
        await hand.SelectedAsync(0);
        await FindAsync(hand, "one", "a");
        await FindAsync(hand, "three", "c");
        await PressAsync(hand, "Alt-Left");
        await IsAsync(hand, "a", "selected");
        await PressAsync(hand, "Alt-Right");
        await IsAsync(hand, "c", "selected");
        await PressAsync(hand, "Enter");
        await Assertions.Expect(page["[data-part=inspector] :focus"]).ToHaveCountAsync(1);
        await PressAsync(hand, "F2");
        await Assertions.Expect(page["#node-title:focus"]).ToHaveCountAsync(1);
        await page.Page.Keyboard.TypeAsync("Third");
        await page.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(hand["[data-node=c] .node-title"]).ToHaveTextAsync("Third");
        await hand.PressAsync("F6");
        await Assertions.Expect(page["[data-part=inspector] :focus"]).ToHaveCountAsync(1);
    }

    private async Task ListsAsync(ObservedPage page, CanvasHand hand)
    {
        foreach (var (keys, label) in new[] { ("Tab", "Add an activity"), ("C", "Connect Third from"), ("Ctrl-Shift-P", "Run a command") })
        {
            await PressAsync(hand, keys);
            await Assertions.Expect(page["[data-part=quick-add]"]).ToHaveAttributeAsync("aria-label", label);
            await hand.LeaveListAsync();
        }
        await hand.PressAsync("Shift+F10");
        await Assertions.Expect(page["[data-part=quick-add]"]).ToHaveAttributeAsync("aria-label", "Third");
        await hand.LeaveListAsync();
        await PressAsync(hand, "?");
        await Assertions.Expect(page[".key-sheet"]).ToBeVisibleAsync();
        await page.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page[".key-sheet"]).ToHaveCountAsync(0);

        // A wire is chosen, has a menu, and is removed without a mouse.
        await PressAsync(hand, "L");
        await hand.TakeAsync("Third");
        await Assertions.Expect(hand[".wire.selected"]).ToHaveCountAsync(1);
        await hand.PressAsync("Shift+F10");
        await Assertions.Expect(page["[data-part=quick-add]"]).ToHaveAttributeAsync("aria-label", "This wire");
        await hand.LeaveListAsync();
        await PressAsync(hand, "Delete");
        await Assertions.Expect(hand["[data-wire]"]).ToHaveCountAsync(1);
        await PressAsync(hand, "Ctrl-Z");
        await Assertions.Expect(hand["[data-wire]"]).ToHaveCountAsync(2);
    }

    private async Task EditsAsync(ObservedPage page, CanvasHand hand)
    {
        await FindAsync(hand, "three", "c");
        await PressAsync(hand, "D");
        await IsAsync(hand, "c", "disabled");
        await PressAsync(hand, "D");
        await PressAsync(hand, "B");
        await Assertions.Expect(hand["[data-node=c] .node-stop"]).ToHaveCountAsync(1);
        await PressAsync(hand, "F9");
        await Assertions.Expect(hand["[data-node=c] .node-stop"]).ToHaveCountAsync(0);
        await PressAsync(hand, "Ctrl-D");
        await Assertions.Expect(hand[".node"]).ToHaveCountAsync(4);
        await PressAsync(hand, "Ctrl-C");
        await hand.PressAsync("Control+v");
        await Assertions.Expect(hand[".node"]).ToHaveCountAsync(5);
        await hand.PressAsync("Control+x");
        await Assertions.Expect(hand[".node"]).ToHaveCountAsync(4);
        await PressAsync(hand, "Ctrl-Z");
        await Assertions.Expect(hand[".node"]).ToHaveCountAsync(5);
        await PressAsync(hand, "Ctrl-Y");
        await Assertions.Expect(hand[".node"]).ToHaveCountAsync(4);
        await FindAsync(hand, "return 7", "b");
        await PressAsync(hand, "Ctrl-Delete");
        await Assertions.Expect(hand["[data-wire^='Control|a|Done|c']"]).ToHaveCountAsync(1);
        await PressAsync(hand, "Ctrl-Z");
        await PressAsync(hand, "Ctrl-A");
        await PressAsync(hand, "Ctrl-G");
        await Assertions.Expect(hand[".group-title"]).ToHaveCountAsync(1);
        await PressAsync(hand, "Ctrl-Shift-G");
        await Assertions.Expect(hand[".group-title"]).ToHaveCountAsync(0);
        await PressAsync(hand, "N");
        await Assertions.Expect(hand[".note-text"]).ToHaveCountAsync(1);
        await PressAsync(hand, "Ctrl-S");
        await Assertions.Expect(page["[data-part=save-state]"]).ToHaveTextAsync("Draft saved");
    }

    private async Task SeesAsync(ObservedPage page, CanvasHand hand)
    {
        var zoom = await hand.ZoomAsync();
        await PressAsync(hand, "+");
        await Eventually.TrueAsync(async () => await hand.ZoomAsync() > zoom);
        zoom = await hand.ZoomAsync();
        await PressAsync(hand, "-");
        await Eventually.TrueAsync(async () => await hand.ZoomAsync() < zoom);
        await FindAsync(hand, "one", "a");
        var view = await hand.ViewAsync();
        await PressAsync(hand, "Shift-F");
        await hand.SeesOtherwiseAsync(view);
        view = await hand.ViewAsync();
        await PressAsync(hand, "F");
        await hand.SeesOtherwiseAsync(view);
    }

    private async Task RunsAsync(ObservedPage page, CanvasHand hand)
    {
        await FindAsync(hand, "return 7", "b");
        await PressAsync(hand, "B");
        await PressAsync(hand, "Ctrl-Enter");
        await IsAsync(hand, "b", "halted");
        await PressAsync(hand, "F10");
        await IsAsync(hand, "c", "halted");
        await PressAsync(hand, "F8");
        await Assertions.Expect(page["[data-part=said]"]).ToContainTextAsync("The run finished");
        await PressAsync(hand, "V");
        await hand.TakeAsync("");
        await Assertions.Expect(page["#panel-preview"]).ToContainTextAsync("7");
        await PressAsync(hand, "P");
        await Assertions.Expect(hand["[data-node=b] .node-pin"]).ToHaveCountAsync(1);
        await PressAsync(hand, "B");
        await PressAsync(hand, "Shift-Enter");
        await Assertions.Expect(page["[data-part=said]"]).ToContainTextAsync("The run finished");
        await PressAsync(hand, "Ctrl-Shift-Enter");
        await Assertions.Expect(page["[data-part=said]"]).ToContainTextAsync("The run came to");
    }

    private async Task FindAsync(CanvasHand hand, string text, string node)
    {
        await PressAsync(hand, "Ctrl-F");
        await hand.TakeAsync(text);
        await IsAsync(hand, node, "selected");
    }

    private static Task IsAsync(CanvasHand hand, string node, string what) => Assertions.Expect(hand[$"[data-node={node}]"]).ToHaveClassAsync(new Regex($@"\b{what}\b"));

    // As the sheet spells it.
    private Task PressAsync(CanvasHand hand, string keys)
    {
        _pressed.Add(keys);
        var last = keys.Split('-') is [.., var name] && name.Length > 0 ? name : "-";
        var held = keys.Length > last.Length ? keys[..^last.Length].Replace("Ctrl-", "Control+", StringComparison.Ordinal).Replace('-', '+') : "";
        var key = last switch { "Left" => "ArrowLeft", "Right" => "ArrowRight", { Length: 1 } when !held.Contains("Shift", StringComparison.Ordinal) => last.ToLowerInvariant(), _ => last };
        return hand.PressAsync(held + key);
    }
}
