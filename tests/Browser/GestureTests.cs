using System.Text.Json.Nodes;
using Flows.Tests.Support;
using Microsoft.Playwright;

namespace Flows.Tests.Browser;

/// <summary>Each gesture of mouse and fingers on the canvas, in Chromium.</summary>
[Collection(SharedBrowser.Name)]
public sealed class GestureTests(ChromiumFixture chromium)
{
    [Fact]
    public async Task Nodes_are_boxed_dragged_and_the_canvas_is_panned_and_zoomed()
    {
        await using var page = await OpenAsync("gestures", Lines());
        var hand = new CanvasHand(page);
        var (a, b) = (await hand.HeadAsync("a"), await hand.HeadAsync("b"));

        await hand.DragAsync((a.X - 110, a.Y - 40), (b.X, b.Y + 40), "Shift");
        await hand.SelectedAsync(2);
        await hand.ClickAsync("c", KeyboardModifier.Shift);
        await hand.SelectedAsync(3);
        await hand.ClickAsync("c", KeyboardModifier.Shift);
        await hand.SelectedAsync(2);

        // Both go, and the wire between b and c with them; Escape in the middle of a drag leaves all as it was.
        var (before, wire) = (await hand.PlaceAsync("a"), await WireEndsAsync(hand));
        await hand.DragAsync(b, (b.X, b.Y + 70));
        await Assertions.Expect(hand["[data-node=a]"]).Not.ToHaveAttributeAsync("transform", before);
        Assert.NotEqual(wire, await WireEndsAsync(hand));
        await hand.PressAsync("Control+z");
        await Assertions.Expect(hand["[data-node=a]"]).ToHaveAttributeAsync("transform", before);
        await hand.HoldAsync(b, (b.X, b.Y + 70));
        await page.Page.Keyboard.PressAsync("Escape");
        await hand.Mouse.UpAsync();
        Assert.Equal(before, await hand.PlaceAsync("a"));

        var view = await hand.ViewAsync();
        await hand.DragAsync((a.X, a.Y + 200), (a.X + 60, a.Y + 230));
        await hand.SeesOtherwiseAsync(view);
        await hand.SelectedAsync(2);
        (view, a) = (await hand.ViewAsync(), await hand.HeadAsync("a"));
        await page["[data-part=canvas]"].FocusAsync();
        await hand.DragAsync(a, (a.X + 30, a.Y + 30), "Space");
        await hand.SeesOtherwiseAsync(view);
        Assert.Equal(before, await hand.PlaceAsync("a"));
        var zoom = await hand.ZoomAsync();
        await hand.Mouse.WheelAsync(0, -400);
        await Eventually.TrueAsync(async () => await hand.ZoomAsync() > zoom);
        view = await hand.ViewAsync();
        await hand[".minimap"].ClickAsync(new() { Position = new Position { X = 20, Y = 20 } });
        await hand.SeesOtherwiseAsync(view);
        await hand.Mouse.ClickAsync(a.X, a.Y + 300);
        await hand.SelectedAsync(0);
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Wires_are_refused_with_the_reason_drawn_into_the_empty_and_cut()
    {
        await using var page = await OpenAsync("drawn-wires", Some.Chain("drawn-wires",
            At(Some.Activity("source", "Flows.FileSource"), 0, 0), At(Some.Activity("split", "Flows.SplitRows"), 300, 0), At(Some.Activity("judge", "Flows.EvaluateModel"), 600, 0)));
        var hand = new CanvasHand(page);

        await hand.HoldAsync(await hand.PortAsync("source/out/table"), await hand.PortAsync("judge/in/model"));
        await Assertions.Expect(hand[".wire-tip.shown"]).ToContainTextAsync("does not fit");
        await Assertions.Expect(hand["[data-port='split/in/rows']"]).ToHaveClassAsync(new System.Text.RegularExpressions.Regex("can"));
        await hand.Mouse.UpAsync();
        await Assertions.Expect(hand["[data-wire^=Data]"]).ToHaveCountAsync(0);
        await hand.DragAsync(await hand.PortAsync("source/out/table"), await hand.PortAsync("split/in/rows"));
        await Assertions.Expect(hand["[data-wire^=Data]"]).ToHaveCountAsync(1);

        var cut = await hand.WireAsync("Data|source");
        await hand.DragAsync((cut.X, cut.Y - 60), (cut.X, cut.Y + 60), "Alt");
        await Assertions.Expect(hand["[data-wire*='|source|']"]).ToHaveCountAsync(0);
        await hand.PressAsync("Control+z");
        await Assertions.Expect(hand["[data-wire*='|source|']"]).ToHaveCountAsync(2);

        var from = await hand.PortAsync("split/out/train");
        await hand.DragAsync(from, (from.X + 40, from.Y + 180));
        await hand.TakeAsync("TrainModel");
        await Assertions.Expect(hand["[data-wire^='Data|split|train|']"]).ToHaveCountAsync(1);
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Nodes_come_into_a_wire_by_a_click_and_by_dropping_and_leave_it_healed()
    {
        await using var page = await OpenAsync("spliced", Lines("spliced"));
        var hand = new CanvasHand(page);

        var wire = await hand.WireAsync("Control|a|");
        await page.Page.Keyboard.DownAsync("Control");
        await hand.Mouse.ClickAsync(wire.X, wire.Y);
        await page.Page.Keyboard.UpAsync("Control");
        await hand.TakeAsync("Elsa.Delay");
        await Assertions.Expect(hand["[data-wire^='Control|a|Done|delay1']"]).ToHaveCountAsync(1);
        await Assertions.Expect(hand["[data-wire^='Control|delay1|Done|b']"]).ToHaveCountAsync(1);
        await hand.PressAsync("Control+Delete");
        await Assertions.Expect(hand["[data-wire^='Control|a|Done|b']"]).ToHaveCountAsync(1);

        wire = await hand.WireAsync("Control|b|");
        var canvas = (await page["[data-part=canvas]"].BoundingBoxAsync())!;
        await page["[data-part=palette] [data-activity='Elsa.Delay']"].DragToAsync(page["[data-part=canvas]"], new() { TargetPosition = new TargetPosition { X = wire.X - canvas.X, Y = wire.Y - canvas.Y } });
        await Assertions.Expect(hand["[data-wire$='|c|In']"]).ToHaveCountAsync(1);
        await Assertions.Expect(hand["[data-wire^='Control|b|Done|c']"]).ToHaveCountAsync(0);

        // A node that stands alone is put in by moving it there.
        var b = await hand.HeadAsync("b");
        await page.Page.Mouse.DblClickAsync(b.X, b.Y + 250);
        await hand.TakeAsync("Elsa.SetName");
        wire = await hand.WireAsync("Control|a|");
        await hand.DragAsync(await hand.HeadAsync("setName1"), wire);
        await Assertions.Expect(hand["[data-wire^='Control|a|Done|setName1']"]).ToHaveCountAsync(1);

        await hand["[data-node=c] .node-box"].ClickAsync(new() { Button = MouseButton.Right, Position = new Position { X = 150, Y = 15 } });
        await hand.TakeAsync("Disable");
        await Assertions.Expect(hand["[data-node=c]"]).ToHaveClassAsync(new System.Text.RegularExpressions.Regex("disabled"));
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Fingers_pan_pinch_and_rest_for_the_menu()
    {
        await using var page = await OpenAsync("touched", Lines("touched"));
        var hand = new CanvasHand(page);
        var touch = await page.Page.Context.NewCDPSessionAsync(page.Page);
        var (a, view) = (await hand.HeadAsync("a"), await hand.ViewAsync());

        await TouchAsync(touch, "touchStart", (a.X, a.Y + 200));
        await TouchAsync(touch, "touchMove", (a.X + 40, a.Y + 220));
        await TouchAsync(touch, "touchEnd");
        await hand.SeesOtherwiseAsync(view);

        var zoom = await hand.ZoomAsync();
        await TouchAsync(touch, "touchStart", (a.X, a.Y + 200));
        await TouchAsync(touch, "touchStart", (a.X, a.Y + 200), (a.X + 60, a.Y + 200));
        await TouchAsync(touch, "touchMove", (a.X, a.Y + 200), (a.X + 160, a.Y + 200));
        await TouchAsync(touch, "touchEnd");
        await Eventually.TrueAsync(async () => await hand.ZoomAsync() > zoom);

        a = await hand.HeadAsync("a");
        await TouchAsync(touch, "touchStart", (a.X, a.Y));
        await Assertions.Expect(page["[data-part=quick-add] [data-option=disable]"]).ToHaveCountAsync(1);
        await TouchAsync(touch, "touchEnd");
        await hand.LeaveListAsync();
        await touch.DetachAsync();
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task From_afar_nodes_are_a_path_and_can_be_chosen_moved_and_cut_apart_all_the_same()
    {
        await using var page = await OpenAsync("afar", Some.Chain("afar", At(Some.Line("a", "a"), 0, 0), At(Some.Line("b", "b"), 4000, 0), At(Some.Line("c", "c"), 8000, 0)));
        var hand = new CanvasHand(page);
        await hand.PressAsync("f");
        await Assertions.Expect(hand[".far-node"]).ToHaveCountAsync(1);
        await Assertions.Expect(hand["[data-node]"]).ToHaveCountAsync(0);
        var (a, c) = (await hand.SpotAsync(100, 20), await hand.SpotAsync(8100, 20));

        await hand.Mouse.ClickAsync(a.X, a.Y);
        await Assertions.Expect(hand["[data-node=a]"]).ToHaveClassAsync(new System.Text.RegularExpressions.Regex("selected"));
        await hand.HoldAsync(a, (a.X, a.Y + 60));
        await page.Page.Keyboard.PressAsync("Escape");
        await hand.Mouse.UpAsync();
        await Assertions.Expect(hand[".wire-line"]).ToHaveAttributeAsync("d", "M210 23L4000 23");
        await hand.DragAsync(c, (c.X, c.Y + 60));
        await Assertions.Expect(hand["[data-node=a]"]).ToHaveCountAsync(0);
        await Assertions.Expect(hand["[data-node=c]"]).Not.ToHaveAttributeAsync("transform", "translate(8000 0)");
        await hand.PressAsync("Escape");
        await Assertions.Expect(hand[".far-wire"]).ToHaveAttributeAsync("d", new System.Text.RegularExpressions.Regex("^M210 23L4000 23M4210 23L8000 "));

        var cut = await hand.SpotAsync(2000, 23);
        await hand.DragAsync((cut.X, cut.Y - 60), (cut.X, cut.Y + 60), "Alt");
        await Assertions.Expect(hand[".far-wire"]).ToHaveAttributeAsync("d", new System.Text.RegularExpressions.Regex("^M4210 23"));
        var view = await hand.ViewAsync();
        await hand.DragAsync((a.X, a.Y + 200), (a.X + 60, a.Y + 230));
        await hand.SeesOtherwiseAsync(view);
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Nodes_glide_to_their_places_when_they_are_laid_out()
    {
        await using var page = await OpenAsync("glides", Some.Chain("glides", At(Some.Line("a", "one"), 0, 0), At(Some.Line("b", "two"), 300, 0), At(Some.Line("unseen", "three"), 9000, 6000)));
        var hand = new CanvasHand(page);
        await page.Page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.NoPreference });
        await hand[".canvas-sheet"].EvaluateAsync("sheet => { window.glided = new Set(); sheet.addEventListener('transitionend', (event) => window.glided.add(event.target.dataset.node ?? event.target.localName)); }");
        await hand.ClickAsync("b");
        await hand.PressAsync([.. Enumerable.Repeat("Control+ArrowDown", 9)]);

        await page["[data-action=layout]"].ClickAsync();

        await Eventually.TrueAsync(() => page.Page.EvaluateAsync<bool>("window.glided.has('b') && window.glided.has('unseen') && window.glided.has('path')"));
        await Assertions.Expect(hand[".canvas-sheet.settling"]).ToHaveCountAsync(0);
        await page.Page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });
    }

    private static Task TouchAsync(ICDPSession session, string kind, params (float X, float Y)[] fingers) => session.SendAsync("Input.dispatchTouchEvent", new Dictionary<string, object>
    {
        ["type"] = kind,
        ["touchPoints"] = fingers.Select((finger, id) => new Dictionary<string, object> { ["x"] = finger.X, ["y"] = finger.Y, ["id"] = id }).ToArray(),
    });

    private static async Task<string?> WireEndsAsync(CanvasHand hand) => await hand["[data-wire^='Control|b|']"].GetAttributeAsync("data-ends");

    private static string Lines(string id = "gestures") => Some.Chain(id, At(Some.Line("a", "one"), 0, 0), At(Some.Line("b", "two"), 300, 0), At(Some.Line("c", "three"), 600, 0));

    private static JsonObject At(JsonObject activity, int x, int y)
    {
        activity["metadata"] = new JsonObject { ["designer"] = new JsonObject { ["position"] = new JsonObject { ["x"] = x, ["y"] = y } } };
        return activity;
    }

    private async Task<ObservedPage> OpenAsync(string id, string flow)
    {
        await chromium.Hub.ImportAsync(flow);
        var page = await chromium.OpenAsync();
        await page.GoAsync($"/flows/{id}");
        await page["[data-part=canvas] [data-node]"].First.WaitForAsync();
        return page;
    }
}
