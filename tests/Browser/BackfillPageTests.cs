using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Tests.Support;
using Microsoft.Playwright;

namespace Flows.Tests.Browser;

/// <summary>A backfill is started in its dialog and followed on its page, square by square.</summary>
[Collection(SharedBrowser.Name)]
public sealed class BackfillPageTests(ChromiumFixture chromium)
{
    [Theory, InlineData("light")]
    public async Task A_past_is_run_and_what_faulted_is_found_by_its_square(string theme)
    {
        await using var page = await chromium.OpenAsync(theme == "dark" ? ColorScheme.Dark : ColorScheme.Light);
        await chromium.Hub.ImportAsync(Flow());
        await page.GoAsync("/backfills");
        await page["[data-action=new-backfill]"].ClickAsync();
        await page["[data-field=backfill-flow]"].SelectOptionAsync("past");
        await page["[data-field=backfill-from]"].FillAsync("2026-01-01");
        await page["[data-field=backfill-to]"].FillAsync("2026-03-31");
        await page["[data-field=backfill-matrix-depth]"].FillAsync("2, 3");
        await page["[data-field=backfill-matrix-depth]"].BlurAsync();
        await Assertions.Expect(page["[data-part=backfill-count]"]).ToHaveTextAsync("180 runs");
        await page.ShootAsync($"backfill-new-{theme}");
        await page["[data-action=start-backfill]"].ClickAsync();

        await Assertions.Expect(page["[data-part=backfill-status]"]).ToHaveTextAsync("Finished, 1 faulted", new() { Timeout = 90_000 });
        await Assertions.Expect(page["[data-count=Finished]"]).ToHaveTextAsync("179");
        await page["[data-part=matrix]"].ClickAsync(new LocatorClickOptions { Position = new Position { X = 14 * 9 + 4, Y = 14 + 4 } });
        await Assertions.Expect(page["[data-part=chosen-cell]"]).ToContainTextAsync("2026-01-10");
        await Assertions.Expect(page["[data-part=chosen-cell] .status"]).ToHaveTextAsync("Faulted");
        await page.ShootAsync($"backfill-{theme}");
        await page["[data-part=cell-run]"].ClickAsync();
        await Assertions.Expect(page["[data-part=run-status]"]).ToHaveTextAsync("Faulted");
        Assert.Empty(page.Errors);
    }

    private static string Flow()
    {
        var flow = JsonNode.Parse(Some.Chain("past", Some.Activity("check", "Elsa.RunJavaScript", ("script", Some.Text("if (getInput('day') == '2026-01-10' && getInput('depth') == 3) throw new Error('no data')")))))!;
        flow["inputs"] = new JsonArray(new JsonObject { ["name"] = "day", ["type"] = "String" }, new JsonObject { ["name"] = "depth", ["type"] = "Int32" });
        return flow.ToJsonString(ContractJson.Options);
    }
}
