using Flows.Tests.Support;
using Microsoft.Playwright;

namespace Flows.Tests.Browser;

/// <summary>Faults at the screen: set what happens in the form, mend the flow, and let the run go on.</summary>
[Collection(SharedBrowser.Name)]
public sealed class FaultTests(ChromiumFixture chromium)
{
    // In the other theme too where somebody looks at the pictures.
    [Theory, InlineData("light")]
    public async Task A_faulted_run_goes_on_after_the_step_was_mended_in_the_form(string theme)
    {
        var flow = $"mend-{theme}";
        await using var page = await chromium.OpenAsync(theme == "dark" ? ColorScheme.Dark : ColorScheme.Light);
        await chromium.Hub.ImportAsync(Some.Chain(flow, Some.Line("first", "one"), Some.Activity("stop", "Elsa.Fault", ("message", Some.Text("the well is dry"))), Some.Line("last", "two")));
        var run = await chromium.Hub.RunAsync(flow);
        await SayToGoOnAsync(page, flow, theme);

        await page.GoAsync($"/runs/{run.Id}");
        await page.ShootAsync($"run-faulted-{theme}");
        await page["[data-action=resume]"].ClickAsync();

        await Assertions.Expect(page["[data-part=resumed-from]"]).ToHaveAttributeAsync("href", $"runs/{run.Id}", new() { Timeout = 60_000 });
        await Assertions.Expect(page["[data-part=run-status]"]).ToHaveTextAsync("Finished");
        await Assertions.Expect(page["[data-action=resume]"]).ToHaveCountAsync(0);
        await RerunLastAsync(page, theme);
        Assert.Empty(page.Errors);
    }

    private static async Task SayToGoOnAsync(ObservedPage page, string flow, string theme)
    {
        await page.GoAsync($"/flows/{flow}");
        await page["[data-node='stop'] .node-box"].ClickAsync(new LocatorClickOptions { Position = new Position { X = 100, Y = 20 } });
        await page["[data-group='When it fails'] > summary"].ClickAsync();
        await new DrawingPage(page).FillAsync("faultPolicy.retries.count", "2");
        await page["[data-field='faultPolicy.continueOnError']"].CheckAsync();
        await Assertions.Expect(page["[data-part=save-state]"]).ToHaveTextAsync("Draft saved");
        await page.ShootAsync($"policy-{theme}");
    }

    private static async Task RerunLastAsync(ObservedPage page, string theme)
    {
        var address = page.Page.Url;
        await page["[data-node=last]"].ClickAsync();
        await page["[data-tab=steps]"].ClickAsync();
        await page.ShootAsync($"run-again-{theme}");
        await page["[data-action=rerun-chosen]"].ClickAsync();
        await Assertions.Expect(page["[data-part=resumed-from]"]).ToHaveAttributeAsync("href", $"runs/{address.Split("/runs/")[1]}", new() { Timeout = 60_000 });
        await Assertions.Expect(page["[data-node=first]"]).ToContainTextAsync("Cached");
        await Assertions.Expect(page["[data-part=run-status]"]).ToHaveTextAsync("Finished");
    }
}
