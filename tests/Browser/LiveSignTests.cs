using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flows.Tests.Support;
using Microsoft.Playwright;

namespace Flows.Tests.Browser;

/// <summary>What a person sees of a step while it goes on, and of its data afterwards.</summary>
[Collection(SharedBrowser.Name)]
public sealed class LiveSignTests(ChromiumFixture chromium) : IDisposable
{
    private const string Name = "live-signs";

    private readonly string _folder = Directory.CreateTempSubdirectory("flows-live-").FullName;

    private string Held => Path.Combine(_folder, "held");

    [Fact]
    public async Task A_running_step_counts_its_seconds_draws_its_curve_and_shows_its_columns_at_its_port()
    {
        await using var page = await OpenAsync();
        await File.WriteAllTextAsync(Held, "", TestContext.Current.CancellationToken);
        await page["[data-action=run]"].ClickAsync();
        await Assertions.Expect(page["[data-node=train] .node-kind"]).ToHaveTextAsync(new Regex("^Running [0-9]+ s$"));
        var first = await page["[data-node=train] .node-kind"].TextContentAsync();
        await Assertions.Expect(page["[data-node=train] .node-kind"]).Not.ToHaveTextAsync(first!);

        await MovesAsync(page, ReducedMotion.NoPreference, "infinite");
        await MovesAsync(page, ReducedMotion.Reduce, "1");

        var run = (string)(await chromium.Hub.Http.GetFromJsonAsync<JsonArray>($"/api/runs?definitionId={Name}", TestContext.Current.CancellationToken))![0]!["id"]!;
        await page.GoAsync($"/runs/{run}");
        await Assertions.Expect(page["[data-curve=loss] small"]).ToHaveTextAsync("2 points to 1");
        await File.WriteAllTextAsync(Held, "more", TestContext.Current.CancellationToken);
        await Assertions.Expect(page["[data-curve=loss] small"]).ToHaveTextAsync("5 points to 4");
        await page.ShootAsync("live-curve");

        File.Delete(Held);
        await page.GoAsync($"/flows/{Name}");
        await Assertions.Expect(page["[data-node=train]"]).ToHaveAttributeAsync("data-state", "Completed");
        await page["[data-port='read/out/table'] .port-dot"].ClickAsync();
        await Assertions.Expect(page["[data-part=preview] th .histogram rect"]).Not.ToHaveCountAsync(0);
        await Assertions.Expect(page["[data-part=preview] th"]).ToHaveTextAsync([new Regex("^\\s*day\\s*varchar"), new Regex("^\\s*n\\s*bigint")]);
        await Assertions.Expect(page["[data-part=preview] tbody tr"].Nth(2)).ToBeInViewportAsync();
        await Assertions.Expect(page["[data-node=read]"]).ToBeInViewportAsync(new() { Ratio = 1 });
        await page.ShootAsync("port-preview");
        Assert.Empty(page.Errors);
    }

    private static async Task MovesAsync(ObservedPage page, ReducedMotion wish, string times)
    {
        await page.Page.EmulateMediaAsync(new() { ReducedMotion = wish });
        await Assertions.Expect(page[".wire.data.flowing .wire-line"]).ToHaveCSSAsync("animation-iteration-count", times);
    }

    private async Task<ObservedPage> OpenAsync()
    {
        var read = Some.Activity("read", "Flows.FileSource", ("path", Some.Text("rows.csv")), ("table", JsonNode.Parse("""{"typeName":"Object","memoryReference":{"id":"rows"}}""")!));
        var train = Some.Activity("train", "Flows.PythonScript", ("script", Some.Text($"""
            import flows, os, time
            def measure(steps):
                for step in steps: flows.metric("loss", 1 / (step + 1), step)
            measure(range(2))
            while os.path.exists("{Held}") and os.path.getsize("{Held}") == 0: time.sleep(0.02)
            measure(range(2, 5))
            while os.path.exists("{Held}"): time.sleep(0.02)
            """)),
            ("rows", JsonNode.Parse("""{"typeName":"Object","expression":{"type":"Variable","value":{"id":"rows","name":"rows"}}}""")!),
            ("customProperties", JsonNode.Parse("""{"ports":{"inputs":[{"name":"rows","type":"Table"}]}}""")!));
        await chromium.Hub.ImportAsync(Some.Chain(Name, read, train).WithVariable("rows"));
        (await chromium.Hub.Http.PutAsync($"/api/flows/{Name}/files/rows.csv", new StringContent("day,n\nMonday,2\nTuesday,3\nFriday,3\n"))).EnsureSuccessStatusCode();
        var page = await chromium.OpenAsync();
        await page.GoAsync($"/flows/{Name}");
        await page["[data-node=train]"].WaitForAsync();
        return page;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
