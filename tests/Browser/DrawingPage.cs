using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Flows.Tests.Browser;

/// <summary>The editor as a person uses it: drags, wires and fields by mouse, or keys alone.</summary>
public sealed partial class DrawingPage(ObservedPage page)
{
    public IPage Page => page.Page;

    private ILocator Canvas => page["[data-part=canvas]"];

    public async Task<string> CreateAsync(string name)
    {
        await page.GoAsync("/");
        await page["[data-action=new-flow]"].First.ClickAsync();
        await page["[data-field=name]"].FillAsync(name);
        await page["[data-action=create-flow]"].ClickAsync();
        await Page.WaitForURLAsync(FlowAddress());
        await Canvas.WaitForAsync();
        return Uri.UnescapeDataString(Page.Url.Split("/flows/")[1].Split('?', '#')[0]);
    }

    /// <summary>Drags an activity from the palette to a place on the canvas; the new node's id.</summary>
    public async Task<string> DropAsync(string activity, float x, float y)
    {
        var before = await NodesAsync();
        await page[$"[data-part=palette] [data-activity='{activity}']"].DragToAsync(Canvas, new LocatorDragToOptions { TargetPosition = new TargetPosition { X = x, Y = y } });
        return await NewNodeAsync(before);
    }

    /// <summary>Draws a wire with the mouse. Ports are <c>node/out/name</c>, <c>node/in/name</c> or <c>node/control/name</c>.</summary>
    public async Task WireAsync(string from, string to)
    {
        var (start, end) = (await CentreAsync(from), await CentreAsync(to));
        await Page.Mouse.MoveAsync(start.X, start.Y);
        await Page.Mouse.DownAsync();
        await Page.Mouse.MoveAsync((start.X + end.X) / 2, (start.Y + end.Y) / 2, new MouseMoveOptions { Steps = 4 });
        await Page.Mouse.MoveAsync(end.X, end.Y, new MouseMoveOptions { Steps = 4 });
        await Page.Mouse.UpAsync();
        await Assertions.Expect(page[$"[data-wire^='Data|{from.Split('/')[0]}|{from.Split('/')[2]}|']"]).Not.ToHaveCountAsync(0);
    }

    public async Task SetAsync(string node, string field, string value)
    {
        await page[$"[data-node='{node}'] .node-box"].ClickAsync(new LocatorClickOptions { Position = new Position { X = 100, Y = 20 } });
        await FillAsync(field, value);
    }

    /// <summary>Types into a field of the form that is open and leaves it.</summary>
    public async Task FillAsync(string field, string value)
    {
        var box = page[$"[data-part=inspector] [data-field='{field}']"];
        await box.FillAsync(value);
        await box.BlurAsync();
        await Assertions.Expect(box).ToHaveValueAsync(value);
    }

    public async Task<IReadOnlyList<string>> NodesAsync() =>
        await Page.EvaluateAsync<string[]>("[...document.querySelectorAll('[data-part=canvas] [data-node]')].map(node => node.dataset.node)");

    public async Task GreenAsync(IEnumerable<string> nodes)
    {
        foreach (var node in nodes)
            await Assertions.Expect(page[$"[data-node='{node}']"]).ToHaveAttributeAsync("data-state", "Completed", new() { Timeout = 120_000 });
    }

    private async Task<string> NewNodeAsync(IReadOnlyList<string> before)
    {
        await Assertions.Expect(page["[data-part=canvas] [data-node]"]).ToHaveCountAsync(before.Count + 1);
        return (await NodesAsync()).Except(before).Single();
    }

    private async Task<(float X, float Y)> CentreAsync(string port)
    {
        var box = await page[$"[data-port='{port}'] .port-dot"].BoundingBoxAsync() ?? throw new InvalidOperationException($"There is no port {port} on the canvas.");
        return (box.X + box.Width / 2, box.Y + box.Height / 2);
    }

    [GeneratedRegex("/flows/.+")]
    private static partial Regex FlowAddress();
}
