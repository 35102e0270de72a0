using Flows.Contract.Definitions;
using Flows.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Flows.Tests.Browser;

/// <summary>The trace is drawn, walked, checked and reported; a data set shows its versions.</summary>
[Collection(SharedBrowser.Name)]
public sealed class TracePageTests(ChromiumFixture chromium)
{
    [Theory, InlineData("light"), LongData("dark")]
    public async Task Data_is_walked_back_to_its_file_and_looked_into(string theme)
    {
        var (flow, set) = ($"traced-{theme}", $"weather-{theme}");
        await RegisterAsync(flow, set, "city,rain\nOslo,1\nRome,\nBonn,3\n");
        var run = await RegisterAsync(flow, set, "city,rain\nOslo,1\nRome,2\nBonn,3\nParis,4\n");
        await using var page = await chromium.OpenAsync(theme == "dark" ? ColorScheme.Dark : ColorScheme.Light);

        await page.GoAsync("/datasets");
        await Expect(page[$"[data-dataset={set}]"]).ToContainTextAsync("v2");
        await page.GoAsync($"/datasets/{set}");
        await Expect(page["[data-part=profile] [data-column=rain]"]).ToContainTextAsync("bigint");
        await page.ShootAsync($"dataset-profile-{theme}");
        await page["[data-tab=difference]"].ClickAsync();
        await Expect(page["[data-part=difference]"]).ToContainTextAsync("2 rows added, 1 row gone");
        await page.ShootAsync($"dataset-difference-{theme}");
        await page["[data-tab=use]"].ClickAsync();
        await Expect(page["[data-part=use]"]).ToContainTextAsync("rows.csv");
        await page["[data-action=trace]"].ClickAsync();

        await Expect(page["[data-part=trace-graph] [data-node='dataset/" + set + ":2']"]).ToBeVisibleAsync();
        await page["[data-part=trace-graph] [data-node='source/rows.csv']"].ClickAsync();
        await Expect(page["[data-part=trace-facts]"]).ToContainTextAsync("Read at");
        await ScrolledAsync(page);
        await page["[data-action=verify]"].ClickAsync();
        await Expect(page["[data-part=verdict]"]).ToContainTextAsync("artifacts is what it was");
        // Drawn anew, a long trace still shows what was chosen.
        await page.Page.WaitForFunctionAsync($"() => ({IsChosenSeen})()");
        await page.Page.SetViewportSizeAsync(1360, 850);
        await page.ShootAsync($"trace-{theme}");
        await page["[data-part=trace-graph] [data-node^='artifact/']"].First.ClickAsync();
        await page["[data-action=trace-this]"].ClickAsync();
        await Expect(page["h1"]).Not.ToHaveTextAsync($"{set} 2");
        await page["[data-way=Forward]"].ClickAsync();
        await Expect(page["[data-part=trace-graph] [data-node='dataset/" + set + ":2']"]).ToBeVisibleAsync();

        await page.GoAsync($"/report/run/{run}");
        await Expect(page["[data-part=verdict]"]).ToContainTextAsync("were hashed again");
        await Expect(page["[data-part=report]"]).ToContainTextAsync("Flows.FileSource");
        await page.ShootAsync($"report-{theme}");
        // On paper nothing is behind the edge of a part that scrolls.
        await page.Page.EmulateMediaAsync(new() { Media = Media.Print });
        Assert.Equal(0, await page.Page.EvaluateAsync<int>("() => { const main = document.querySelector('main'); return main.scrollHeight - main.clientHeight; }"));
        Assert.True(await page.Page.EvaluateAsync<bool>("() => document.querySelector('#app').getBoundingClientRect().height >= document.querySelector('[data-part=report]').getBoundingClientRect().height"));
        await page.Page.EmulateMediaAsync(new() { Media = Media.Screen });
        Assert.Empty(page.Errors);
    }

    private const string IsChosenSeen = """
        () => { const [node, frame] = ['.trace-node.chosen', '.trace-frame'].map(one => document.querySelector(one).getBoundingClientRect()); return node.left >= frame.left - 1 && node.right <= frame.right + 1; }
        """;

    // In a narrow window what was chosen, at the left, is scrolled out of sight.
    private static async Task ScrolledAsync(ObservedPage page)
    {
        await page.Page.SetViewportSizeAsync(760, 850);
        await page.Page.EvaluateAsync("() => { const frame = document.querySelector('.trace-frame'); frame.scrollLeft = frame.scrollWidth; }");
        Assert.False(await page.Page.EvaluateAsync<bool>(IsChosenSeen));
    }

    // A file becomes a version of a data set.
    private async Task<string> RegisterAsync(string flow, string set, string csv)
    {
        await chromium.Hub.ImportAsync(Some.Chain(flow, Some.Activity("file", "Flows.FileSource", ("path", Some.Text("rows.csv"))),
            Some.Activity("keep", "Flows.RegisterDataSet", ("dataSetName", Some.Text(set)), ("data", FlowInput.Wrap("Object", ExpressionTypes.JavaScript, "getOutputFrom('file', 'Table')")))));
        (await chromium.Hub.Http.PutAsync($"/api/flows/{flow}/files/rows.csv", new StringContent(csv))).EnsureSuccessStatusCode();
        var run = await chromium.Hub.RunAsync(flow);
        Assert.Empty(run.Incidents.Select(incident => incident.Message));
        return run.Id;
    }
}
