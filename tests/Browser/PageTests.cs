using System.Net.Http.Json;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Tests.Support;
using Microsoft.Playwright;

namespace Flows.Tests.Browser;

/// <summary>Every page opens in both themes without an error in the console; pictures of each go to the artifacts folder.</summary>
[Collection(SharedBrowser.Name)]
public sealed class PageTests(ChromiumFixture chromium)
{
    [Theory, InlineData("light"), InlineData("dark")]
    public async Task Every_page_opens_without_a_console_error(string theme)
    {
        await using var page = await chromium.OpenAsync(theme == "dark" ? ColorScheme.Dark : ColorScheme.Light);

        foreach (var path in await DesignerPages.OfAsync(chromium.Hub))
        {
            await page.GoAsync("/" + path);
            await page.ShootAsync($"{DesignerPages.Name(path).Replace('/', '-')}-{theme}");

            Assert.Equal((path, theme), (path, await page.Page.EvaluateAsync<string>("document.documentElement.dataset.theme")));
        }
        Assert.Empty(page.Errors);
    }

    [Theory, InlineData("light"), InlineData("dark")]
    public async Task A_run_shows_its_graph_timeline_logs_and_journal(string theme)
    {
        await using var page = await chromium.OpenAsync(theme == "dark" ? ColorScheme.Dark : ColorScheme.Light);
        await chromium.Hub.ImportAsync(Some.Chain("shown", Some.Line("greet", "good morning"), Some.Delay("rest", 0.2), Some.Line("part", "good night")));
        var run = await chromium.Hub.RunAsync("shown");

        await page.GoAsync($"/runs/{run.Id}");

        await Assertions.Expect(page["[data-part=run-status]"]).ToHaveTextAsync("Finished");
        await Assertions.Expect(page["[data-node=greet]"]).ToHaveAttributeAsync("data-state", nameof(StepStatus.Completed));
        await Assertions.Expect(page["[data-gantt=rest]"]).ToBeVisibleAsync();
        await page.ShootAsync($"run-{theme}");
        foreach (var tab in new[] { "steps", "logs", "artifacts", "journal", "data" })
        {
            await page[$"[data-tab={tab}]"].ClickAsync();
            await Assertions.Expect(page[$"#panel-{tab}"]).ToBeVisibleAsync();
        }
        await Assertions.Expect(page["[data-part=lines]"]).ToContainTextAsync("good morning");
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task A_run_is_seen_live_and_can_be_cancelled()
    {
        await using var page = await chromium.OpenAsync();
        await chromium.Hub.ImportAsync(Some.Chain("slow", Some.Line("first", "one"), Some.Delay("wait", 600), Some.Line("never", "two")));
        var run = await chromium.Hub.StartRunAsync("slow");

        await page.GoAsync($"/runs/{run}");
        await Assertions.Expect(page["[data-node=first]"]).ToHaveAttributeAsync("data-state", nameof(StepStatus.Completed));
        await page["[data-action=cancel]"].ClickAsync();

        await Assertions.Expect(page["[data-part=run-status]"]).ToHaveTextAsync("Cancelled");
        Assert.Equal(RunSubStatus.Cancelled, (await chromium.Hub.RecordAsync(run)).SubStatus);
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task A_faulted_run_says_which_step_failed_and_why()
    {
        await using var page = await chromium.OpenAsync();
        await chromium.Hub.ImportAsync(Some.Chain("broken", Some.Activity("stop", "Elsa.Fault", ("message", Some.Text("the well is dry")))));
        var run = await chromium.Hub.RunAsync("broken");

        await page.GoAsync($"/runs/{run.Id}");

        await Assertions.Expect(page["[data-part=incidents]"]).ToContainTextAsync("the well is dry");
        await Assertions.Expect(page["[data-node=stop]"]).ToHaveAttributeAsync("data-state", nameof(StepStatus.Faulted));
    }

    [Fact]
    public async Task A_flow_file_is_imported_run_and_deleted_from_the_list()
    {
        await using var page = await chromium.OpenAsync();
        await page.GoAsync("/");

        await page["[data-action=import] >> nth=0"].SetInputFilesAsync(new FilePayload
        {
            Name = "imported.json",
            MimeType = "application/json",
            Buffer = System.Text.Encoding.UTF8.GetBytes(Some.Chain("imported", Some.Line("a", "one"))),
        });
        var row = page["[data-flow=imported]"];
        await Assertions.Expect(row).ToBeVisibleAsync();
        await row.Locator("[data-action=run]").ClickAsync();
        await Assertions.Expect(page["[data-part=run-status]"]).ToHaveTextAsync("Finished");

        await page.GoAsync("/");
        await row.Locator("[data-action=delete]").ClickAsync();
        await page["[data-action=confirm-delete]"].ClickAsync();

        await Assertions.Expect(row).ToHaveCountAsync(0);
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task The_chosen_theme_is_kept()
    {
        await using var page = await chromium.OpenSignedOutAsync();
        await page.GoAsync("/");

        await page["[data-action=toggle-theme]"].ClickAsync();
        await page.LoadAsync("/runs");

        Assert.Equal("dark", await page.Page.EvaluateAsync<string>("document.documentElement.dataset.theme"));
    }

    [Fact]
    public async Task A_run_that_does_not_exist_is_said_so()
    {
        await using var page = await chromium.OpenAsync();

        await page.GoAsync("/runs/none-such");

        await Assertions.Expect(page[".problem-notice"]).ToBeVisibleAsync();
    }
}
