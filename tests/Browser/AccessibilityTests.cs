using Flows.Designer.Inspector.Code;
using Flows.Tests.Support;
using Microsoft.Playwright;

namespace Flows.Tests.Browser;

/// <summary>axe-core reads every page in both themes: nothing serious or critical. <c>./test</c> installs it from npm.</summary>
[Collection(SharedBrowser.Name)]
public sealed class AccessibilityTests(ChromiumFixture chromium)
{
    [Theory, InlineData("light"), InlineData("dark")]
    public async Task No_page_has_a_serious_finding(string theme)
    {
        if (!Axe.IsThere)
        {
            Assert.False(Environment.GetEnvironmentVariable("FLOWS_CI") == "1", "axe-core is missing: ./test installs it");
            Assert.Skip("no axe-core on this machine: ./test installs npm's axe-core");
        }
        await using var page = await chromium.OpenAsync(theme == "dark" ? ColorScheme.Dark : ColorScheme.Light);
        var found = new List<string>();

        foreach (var path in await DesignerPages.OfAsync(chromium.Hub))
        {
            await page.GoAsync("/" + path);
            found.AddRange(await Axe.ReadAsync(page, path));
        }
        await page.GoAsync("/flows/read");
        await page["[data-node=b] .node-box"].ClickAsync(new() { Position = new Position { X = 100, Y = 20 } });
        await page["[data-part=inspector] [data-field]"].First.WaitForAsync();
        found.AddRange(await Axe.ReadAsync(page, "a node's form"));
        if (CodeBundle.IsThere)
        {
            await page["[data-action=open-code]"].First.ClickAsync();
            await page[".cm-content"].WaitForAsync();
            found.AddRange(await Axe.ReadAsync(page, "the code editor"));
            await page["[data-action=close-code]"].ClickAsync();
        }
        await page["[data-action=keys]"].ClickAsync();
        await page[".key-sheet"].WaitForAsync();
        found.AddRange(await Axe.ReadAsync(page, "a dialog"));

        Assert.True(found.Count == 0, $"{found.Count} findings:\n{string.Join('\n', found.Distinct())}");
    }
}
