using Flows.Tests.Reproductions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Flows.Tests.Browser;

/// <summary>A run is made again from its page, and its page says what came of it.</summary>
[Collection(SharedBrowser.Name)]
public sealed class ReproductionPageTests(ChromiumFixture chromium)
{
    [Theory, InlineData("light"), InlineData("dark")]
    public async Task A_run_is_made_again_by_keyboard_and_its_verdicts_lead_to_the_step(string theme)
    {
        using var flow = new CountingFlow(chromium.Hub, $"again-{theme}");
        var run = await flow.RunAsync();
        await using var page = await chromium.OpenAsync(theme == "dark" ? ColorScheme.Dark : ColorScheme.Light);

        await page.GoAsync($"/runs/{run.Id}");
        await page["[data-tab=reproductions]"].ClickAsync();
        await Expect(page["[data-part=none]"]).ToBeVisibleAsync();
        await page.ShootAsync($"reproductions-none-{theme}");
        flow.Hold();
        await page["[data-action=reproduce]"].FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(page["[data-part=verdict-text]"]).ToHaveTextAsync("1 of 4 steps made again");
        await page.ShootAsync($"reproductions-running-{theme}");
        flow.LetGo();
        await Expect(page["[data-verdict=bit-identical]"]).ToBeVisibleAsync();
        await Expect(page["[data-action=show-reproductions]"]).ToHaveTextAsync("Bit-identical");

        await flow.PutAsync("day,n\n1,2\n2,3\n3,4\n");
        await page["[data-field=data]"].FocusAsync();
        await page.Page.Keyboard.PressAsync("Space");
        await page["[data-action=reproduce]"].ClickAsync();
        await Expect(page["[data-verdict=diverged]"]).ToBeVisibleAsync();
        await page["[data-verdict=diverged] summary"].ClickAsync();
        await page["[data-verdict=diverged]"].ScrollIntoViewIfNeededAsync();
        if (Axe.IsThere) Assert.Empty(await Axe.ReadAsync(page, "reproductions"));
        await page.ShootAsync($"reproductions-{theme}");
        await page["[data-part=first]"].ClickAsync();

        await Expect(page["[data-part=chosen-step]"]).ToContainTextAsync("read");
        await page["[data-part=step-origin] summary"].ClickAsync();
        await page["[data-part=step-origin]"].ScrollIntoViewIfNeededAsync();
        await page.ShootAsync($"step-origin-file-{theme}");
        await page["[data-verdict=diverged] >> text=Open"].ClickAsync();
        await Expect(page["[data-part=makes-again]"]).ToHaveTextAsync(run.Id[^8..]);
        await page["[data-tab=reproductions]"].ClickAsync();
        await Expect(page["[data-part=earlier]"]).ToBeVisibleAsync();
        await page.ShootAsync($"reproduction-itself-{theme}");
        await page.GoAsync($"/runs/{run.Id}?step=count");
        await page["[data-part=step-origin] summary"].ClickAsync();
        await page["[data-part=step-origin]"].ScrollIntoViewIfNeededAsync();
        await page.ShootAsync($"step-origin-script-{theme}");
        Assert.Empty(page.Errors);
    }
}
