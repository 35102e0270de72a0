using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Flows.Tests.Browser;

/// <summary>What a newcomer does: draws source → SQL → split → train → evaluate from nothing and runs it.</summary>
public sealed partial class NewcomerTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    [Fact]
    public async Task A_newcomer_draws_runs_exports_and_imports_a_flow_by_mouse()
    {
        await using var page = await chromium.OpenSignedOutAsync();
        await page.Page.SetViewportSizeAsync(1600, 1000);
        var drawing = new DrawingPage(page);
        var flow = await drawing.CreateAsync("Is the point inside");

        var source = await drawing.DropAsync("Flows.FileSource", 60, 60);
        var sql = await drawing.DropAsync("Flows.SqlTransform", 330, 60);
        var split = await drawing.DropAsync("Flows.SplitRows", 600, 60);
        var train = await drawing.DropAsync("Flows.TrainModel", 60, 300);
        var evaluate = await drawing.DropAsync("Flows.EvaluateModel", 330, 300);
        await drawing.WireAsync($"{source}/out/table", $"{sql}/in/table");
        await drawing.WireAsync($"{sql}/out/result", $"{split}/in/rows");
        await drawing.WireAsync($"{split}/out/train", $"{train}/in/rows");
        await drawing.WireAsync($"{train}/out/model", $"{evaluate}/in/model");
        await drawing.WireAsync($"{split}/out/test", $"{evaluate}/in/rows");
        await drawing.SetAsync(source, "path", Points());
        await drawing.SetAsync(sql, "sql", "select x, y, inside from input");
        await drawing.SetAsync(train, "label", "inside");
        await page["[data-action=run]"].ClickAsync();
        await drawing.GreenAsync([source, sql, split, train, evaluate]);
        await page.ShootAsync("designer-light");

        await SeeMetricAndPreviewAsync(page, flow);
        await ExportDeleteImportAndRunAgainAsync(page, flow);
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task The_same_flow_is_drawn_and_run_by_keyboard_alone()
    {
        await using var page = await chromium.OpenSignedOutAsync();
        await page.Page.SetViewportSizeAsync(1600, 1000);
        var drawing = new DrawingPage(page);
        var flow = await drawing.CreateAsync("By keyboard");

        await drawing.CommandByKeyAsync("Guided first flow");
        await GuidedToAsync(page, "add");
        var source = await drawing.AddByKeyAsync("FileSource");
        await GuidedToAsync(page, "set");
        await drawing.FormByKeyAsync("path", Points());
        await GuidedToAsync(page, "wire");
        await page["[data-action=leave-guide]"].ClickAsync();
        var sql = await drawing.AddByKeyAsync("SqlTransform");
        await page["[data-action=take-up-guide]"].ClickAsync();
        await GuidedToAsync(page, "run");
        await drawing.FormByKeyAsync("sql", "select x, y, inside from input");
        var split = await drawing.AddByKeyAsync("SplitRows");
        var train = await drawing.AddByKeyAsync("TrainModel");
        await drawing.FormByKeyAsync("label", "inside");
        var evaluate = await drawing.AddByKeyAsync("EvaluateModel");
        await drawing.ConnectByKeyAsync(split, "Test", "Evaluate model · Rows");
        await drawing.RunByKeyAsync();
        await drawing.GreenAsync([source, sql, split, train, evaluate]);
        await GuidedToAsync(page, "look");
        await page.ShootAsync("guide-light");
        await page["[data-action=toggle-theme]"].EvaluateAsync("button => button.click()");
        await page.ShootAsync("guide-dark");
        await page["[data-action=toggle-theme]"].EvaluateAsync("button => button.click()");
        await page["[data-tab=lines]"].ClickAsync();
        await GuidedToAsync(page, "done");

        await SeeMetricAndPreviewAsync(page, flow);
        await page.GoAsync("/flows/" + Uri.EscapeDataString(flow));
        await page["[data-part=canvas] [data-node]"].First.WaitForAsync();
        await Assertions.Expect(page["[data-part=guide], [data-action=take-up-guide]"]).ToHaveCountAsync(0);
        Assert.Empty(page.Errors);
    }

    private static Task GuidedToAsync(ObservedPage page, string step) => Assertions.Expect(page["[data-part=guide]"]).ToHaveAttributeAsync("data-step", step);

    private async Task SeeMetricAndPreviewAsync(ObservedPage page, string flow)
    {
        await page.GoAsync("/runs?flow=" + Uri.EscapeDataString(flow));
        await page["[data-run] a"].First.ClickAsync();
        await Assertions.Expect(page["[data-part=run-status]"]).ToHaveTextAsync("Finished");
        await Assertions.Expect(page["[data-metric=accuracy] strong"]).ToHaveTextAsync(Share());
        await page.ShootAsync("run-newcomer");
        await page["[data-tab=artifacts]"].ClickAsync();
        await page["[data-artifact=Table]"].First.ClickAsync();
        await Assertions.Expect(page["[data-part=preview] th"]).ToHaveCountAsync(3);
        await page.Page.Keyboard.PressAsync("Escape");
        await page["[data-artifact=Image]"].First.ClickAsync();
        Assert.True(await page[".artifact-image"].EvaluateAsync<bool>("image => image.decode().then(() => image.naturalWidth > 0)"));
        await page.Page.Keyboard.PressAsync("Escape");
    }

    private async Task ExportDeleteImportAndRunAgainAsync(ObservedPage page, string flow)
    {
        await page.GoAsync("/");
        var row = page[$"[data-flow='{flow}']"];
        var download = await page.Page.RunAndWaitForDownloadAsync(() => row.Locator("[data-action=export]").ClickAsync());
        var file = Path.Combine(chromium.Hub.Data, "exported.json");
        await download.SaveAsAsync(file);

        await row.Locator("[data-action=delete]").ClickAsync();
        await page["[data-action=confirm-delete]"].ClickAsync();
        await Assertions.Expect(row).ToHaveCountAsync(0);

        await page["[data-action=import]"].SetInputFilesAsync(file);
        await row.Locator("[data-action=run]").ClickAsync();
        await Assertions.Expect(page["[data-part=run-status]"]).ToHaveTextAsync("Finished", new() { Timeout = 120_000 });
    }

    /// <summary>300 points; inside when near the middle. Written beside the server's data.</summary>
    private string Points()
    {
        var path = Path.Combine(chromium.Hub.Data, "points.csv");
        if (File.Exists(path)) return path;
        var random = new Random(7);
        var rows = new StringBuilder("x,y,inside\n");
        for (var i = 0; i < 300; i++)
        {
            var (x, y) = (random.NextDouble() * 2 - 1, random.NextDouble() * 2 - 1);
            rows.Append(CultureInfo.InvariantCulture, $"{x:0.000},{y:0.000},{(x * x + y * y < 0.6 ? "yes" : "no")}\n");
        }
        File.WriteAllText(path, rows.ToString());
        return path;
    }

    [GeneratedRegex(@"^(1|0\.\d+)$")]
    private static partial Regex Share();
}
