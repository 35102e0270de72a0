using Microsoft.Playwright;

namespace Flows.Tests.Browser;

public sealed partial class DrawingPage
{
    /// <summary>Adds the activity by the type-ahead, wired from what is selected; the new node's id.</summary>
    public async Task<string> AddByKeyAsync(string search)
    {
        await ToCanvasAsync();
        var before = await NodesAsync();
        await Page.Keyboard.PressAsync("Tab");
        await page["[data-field=quick-add]"].WaitForAsync();
        await Page.Keyboard.TypeAsync(search);
        await Page.Keyboard.PressAsync("Enter");
        return await NewNodeAsync(before);
    }

    /// <summary>Chooses a command by its title.</summary>
    public async Task CommandByKeyAsync(string title)
    {
        await ToCanvasAsync();
        await Page.Keyboard.PressAsync("Control+Shift+P");
        await ChooseAsync("[data-part=quick-add]", title);
        await Assertions.Expect(page["[data-part=quick-add]"]).ToHaveCountAsync(0);
    }

    /// <summary>Opens the selected node's form and types into one of its fields.</summary>
    public async Task FormByKeyAsync(string field, string value)
    {
        await ToCanvasAsync();
        await Page.Keyboard.PressAsync("Enter");
        await page[$"[data-part=inspector] [data-field='{field}']"].WaitForAsync();
        await PressUntilAsync("Tab", $"document.activeElement.dataset.field === '{field}'", 60);
        await Page.Keyboard.PressAsync("Control+A");
        await Page.Keyboard.TypeAsync(value);
        // In a code box Tab indents: Escape first.
        await Page.Keyboard.PressAsync("Escape");
        await ToCanvasAsync();
    }

    /// <summary>Wires a port of the selected node to another's: C, the port's name, Enter, the other port's name, Enter.</summary>
    public async Task ConnectByKeyAsync(string from, string port, string to)
    {
        await ToCanvasAsync();
        await PressUntilAsync("ArrowLeft", $"document.querySelector('[data-part=canvas]').getAttribute('aria-activedescendant') === 'node-{from}'", 10);
        await Page.Keyboard.PressAsync("c");
        await ChooseAsync("[data-part=quick-add][aria-label*=' from']", port);
        await ChooseAsync("[data-part=quick-add][aria-label=to]", to);
        await Assertions.Expect(page["[data-part=quick-add]"]).ToHaveCountAsync(0);
    }

    public async Task RunByKeyAsync()
    {
        await ToCanvasAsync();
        await PressUntilAsync("Shift+Tab", "document.activeElement.dataset.action === 'run'", 150);
        await Page.Keyboard.PressAsync("Enter");
    }

    // The second question takes the first one's place: its label says that it is there.
    private async Task ChooseAsync(string question, string text)
    {
        await page[question + " input"].WaitForAsync();
        await Page.Keyboard.TypeAsync(text);
        await Page.Keyboard.PressAsync("Enter");
    }

    // From the form the canvas lies behind, from the head of the page before.
    private async Task ToCanvasAsync()
    {
        var inForm = await Page.EvaluateAsync<bool>("document.activeElement.closest('[data-part=inspector]') !== null");
        await PressUntilAsync(inForm ? "Shift+Tab" : "Tab", "document.activeElement.dataset.part === 'canvas'", 150);
    }

    private async Task PressUntilAsync(string key, string holds, int most)
    {
        for (var i = 0; i < most; i++)
        {
            if (await Page.EvaluateAsync<bool>(holds)) return;
            await Page.Keyboard.PressAsync(key);
            // The browser answers a key after WebAssembly did: one turn of the page's own clock.
            await Page.EvaluateAsync("new Promise(done => setTimeout(done, 25))");
        }
        Assert.True(await Page.EvaluateAsync<bool>(holds), $"{most} times {key} did not lead to: {holds}");
    }
}
