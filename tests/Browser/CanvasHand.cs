using System.Globalization;
using System.Text.RegularExpressions;
using Flows.Tests.Support;
using Microsoft.Playwright;

namespace Flows.Tests.Browser;

/// <summary>Mouse and keys on an open canvas, by what lies there instead of by pixels.</summary>
internal sealed partial class CanvasHand(ObservedPage page)
{
    public ILocator this[string selector] => page["[data-part=canvas] " + selector];

    public IMouse Mouse => page.Page.Mouse;

    public ILocator QuickAdd => page["[data-part=quick-add] input"];

    /// <summary>A middle of a node's head, where nothing but the node is.</summary>
    public Task<(float X, float Y)> HeadAsync(string node) => AtAsync($"[data-node={node}] .node-box", 100, 20);

    public Task<(float X, float Y)> PortAsync(string port) => AtAsync($"[data-port='{port}'] .port-dot", 5, 5);

    /// <summary>Where a place of the canvas is on the screen.</summary>
    public async Task<(float X, float Y)> SpotAsync(float x, float y)
    {
        var at = await this[".viewport"].EvaluateAsync<float[]>("""
            (layer, place) => {
              const box = layer.ownerSVGElement.getBoundingClientRect(), { a, e, f } = layer.transform.baseVal.consolidate().matrix;
              return [box.left + e + place[0] * a, box.top + f + place[1] * a];
            }
            """, new double[] { x, y });
        return (at[0], at[1]);
    }

    /// <summary>The middle of the wire whose key begins so.</summary>
    public async Task<(float X, float Y)> WireAsync(string key)
    {
        var at = await this[$"[data-wire^='{key}'] .wire-line"].First.EvaluateAsync<float[]>("""
            line => { const at = new DOMPoint(...(({ x, y }) => [x, y])(line.getPointAtLength(line.getTotalLength() / 2))).matrixTransform(line.getScreenCTM()); return [at.x, at.y]; }
            """);
        return (at[0], at[1]);
    }

    public async Task ClickAsync(string node, params KeyboardModifier[] held)
    {
        await this[$"[data-node={node}] .node-box"].ClickAsync(new() { Position = new Position { X = 100 * await ZoomAsync(), Y = 20 * await ZoomAsync() }, Modifiers = held });
        if (held.Length == 0) await Assertions.Expect(this[$"[data-node={node}]"]).ToHaveClassAsync(Selected());
    }

    public async Task DragAsync((float X, float Y) from, (float X, float Y) to, string? held = null)
    {
        if (held is not null) await page.Page.Keyboard.DownAsync(held);
        await HoldAsync(from, to);
        await Mouse.UpAsync();
        if (held is not null) await page.Page.Keyboard.UpAsync(held);
    }

    /// <summary>The same without letting go.</summary>
    public async Task HoldAsync((float X, float Y) from, (float X, float Y) to)
    {
        await Mouse.MoveAsync(from.X, from.Y);
        await Mouse.DownAsync();
        await Mouse.MoveAsync((from.X + to.X) / 2, (from.Y + to.Y) / 2, new() { Steps = 3 });
        await Mouse.MoveAsync(to.X, to.Y, new() { Steps = 3 });
    }

    public async Task PressAsync(params string[] keys)
    {
        await page["[data-part=canvas]"].FocusAsync();
        foreach (var key in keys) await page.Page.Keyboard.PressAsync(key);
    }

    /// <summary>Types into the list that is open and takes its first line.</summary>
    public async Task TakeAsync(string text)
    {
        await QuickAdd.FillAsync(text);
        await QuickAdd.PressAsync("Enter");
        await Assertions.Expect(page["[data-part=quick-add]"]).ToHaveCountAsync(0);
    }

    public async Task LeaveListAsync()
    {
        await QuickAdd.PressAsync("Escape");
        await Assertions.Expect(page["[data-part=quick-add]"]).ToHaveCountAsync(0);
    }

    public async Task<string> PlaceAsync(string node) => (await this[$"[data-node={node}]"].GetAttributeAsync("transform"))!;

    public async Task<string> ViewAsync() => await this[".viewport"].GetAttributeAsync("transform") ?? "";

    public async Task<float> ZoomAsync() => Scale().Match(await ViewAsync()) is { Success: true } scale ? float.Parse(scale.Groups[1].Value, CultureInfo.InvariantCulture) : 1;

    public Task SeesOtherwiseAsync(string before) => Eventually.TrueAsync(async () => await ViewAsync() != before);

    public Task SelectedAsync(int count) => Assertions.Expect(this[".node.selected"]).ToHaveCountAsync(count);

    private async Task<(float X, float Y)> AtAsync(string selector, float x, float y)
    {
        var (box, zoom) = ((await this[selector].BoundingBoxAsync())!, await ZoomAsync());
        return (box.X + x * zoom, box.Y + y * zoom);
    }

    [GeneratedRegex(@"\bselected\b")]
    private static partial Regex Selected();

    [GeneratedRegex(@"scale\(([\d.e-]+)\)")]
    private static partial Regex Scale();
}
