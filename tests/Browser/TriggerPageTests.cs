using System.Text.RegularExpressions;
using Flows.Tests.Support;
using Flows.Tests.Triggers;
using Microsoft.Playwright;

namespace Flows.Tests.Browser;

/// <summary>A trigger is fired from its form, and shows on its node and in the list how it stands.</summary>
[Collection(SharedBrowser.Name)]
public sealed class TriggerPageTests(ChromiumFixture chromium)
{
    [Fact]
    public async Task A_schedule_is_fired_by_hand_and_a_folder_that_is_not_there_is_told()
    {
        await using var page = await chromium.OpenAsync(ColorScheme.Light);
        await chromium.Hub.ImportAsync(TriggerCalls.Flow("nightly", TriggerCalls.Trigger("Flows.Schedule", ("cron", "30 2 * * *"), ("timeZone", "Europe/Berlin")), "'for ' + getInput('day')", "day"));
        await chromium.Hub.ImportAsync(TriggerCalls.Flow("incoming", TriggerCalls.Trigger("Flows.FilesChanged", ("path", "/nowhere/incoming"))));

        await page.GoAsync("/flows/nightly?select=on");
        await Assertions.Expect(page["#node-on .node-kind"]).ToContainTextAsync("Next in");
        await page["[data-part=trigger] summary"].ClickAsync();
        await page["[data-field=payload]"].FillAsync("""{"day": "2026-11-27"}""");
        await page["[data-action=fire-now]"].ClickAsync();
        await Assertions.Expect(page["[data-fact=fires]"]).ToHaveTextAsync("1");
        await Assertions.Expect(page["#node-line"]).ToHaveAttributeAsync("data-state", "Completed");
        await page.ShootAsync("trigger-form");

        await page[".run-link"].ClickAsync();
        await Assertions.Expect(page["[data-fact=run-lag]"]).Not.ToBeEmptyAsync();
        await page.GoAsync("/triggers");
        await Assertions.Expect(page["[data-trigger='incoming/on']"]).ToContainTextAsync("no folder");
        await Assertions.Expect(page["[data-trigger='nightly/on']"]).ToContainTextAsync(new Regex(@"just now|\d+ s ago"));
        await page.ShootAsync("triggers");
        Assert.Empty(page.Errors);
    }
}
