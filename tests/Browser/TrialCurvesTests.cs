using System.Globalization;
using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Tests.Support;
using Microsoft.Playwright;

namespace Flows.Tests.Browser;

/// <summary>What the trials of a sweep measure, side by side in one picture while they go on.</summary>
[Collection(SharedBrowser.Name)]
public sealed class TrialCurvesTests(ChromiumFixture chromium) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flows-trials-").FullName;

    private string Held => Path.Combine(_folder, "held");

    [Theory, InlineData("light", 4), LongData("dark", 50)]
    public async Task Trials_of_a_sweep_are_curves_in_one_picture_that_grow_and_are_told_apart(string theme, int trials)
    {
        await File.WriteAllTextAsync(Held, "", TestContext.Current.CancellationToken);
        await chromium.Hub.ImportAsync(Some.Chain($"sweep-{theme}", Sweep(trials)));
        await using var page = await chromium.OpenAsync(theme == "dark" ? ColorScheme.Dark : ColorScheme.Light);
        var run = await chromium.Hub.StartRunAsync($"sweep-{theme}");
        await page.GoAsync($"/runs/{run}");

        // Two at once, as there are cores; more of their points come while they go on.
        var lines = page["[data-curve=loss] polyline:not(.reach)"];
        await Assertions.Expect(page["[data-curve=loss]"]).ToHaveAttributeAsync("data-trials", "2");
        var before = await lines.First.GetAttributeAsync("points");
        await File.WriteAllTextAsync(Held, "more", TestContext.Current.CancellationToken);
        await Assertions.Expect(lines.First).Not.ToHaveAttributeAsync("points", before!);
        await page.ShootAsync($"trials-live-{theme}");

        File.Delete(Held);
        await Assertions.Expect(page["[data-curve=loss]"]).ToHaveAttributeAsync("data-trials", trials.ToString(CultureInfo.InvariantCulture));
        await Assertions.Expect(page["[data-curve]"]).ToHaveCountAsync(1);
        await Assertions.Expect(lines).ToHaveCountAsync(trials);
        var third = page[".trial-list button"].Filter(new() { HasTextString = "rate 0.3" });
        await third.HoverAsync();
        await Assertions.Expect(page["g.trial.chosen title"]).ToContainTextAsync("rate 0.3: ");
        await page.Page.Mouse.MoveAsync(5, 5);
        await Assertions.Expect(page["g.trial.chosen"]).ToHaveCountAsync(0);
        await third.PressAsync("Enter");
        await Assertions.Expect(third).ToHaveAttributeAsync("aria-pressed", "true");
        await page.ShootAsync($"trials-{theme}");
        Assert.Empty(page.Errors);
    }

    private JsonObject Sweep(int trials) => Some.Activity("sweep", "Elsa.ParallelForEach",
        ("items", FlowInput.Wrap("Object", "Object", new JsonArray([.. Enumerable.Range(1, trials).Select(i => JsonValue.Create(i / 10m))]).ToJsonString())),
        ("body", Some.Activity("train", "Flows.PythonScript",
            ("script", Some.Text($"""
                import flows, os, time
                rate = flows.param("rate", 0.0)
                def measure(steps):
                    for step in steps: flows.metric("loss", 1 / (1 + rate * step), step)
                measure(range(3))
                while os.path.exists("{Held}") and os.path.getsize("{Held}") == 0: time.sleep(0.02)
                measure(range(3, 30))
                while os.path.exists("{Held}"): time.sleep(0.02)
                """)),
            ("rate", FlowInput.Wrap("Double", ExpressionTypes.JavaScript, "getVariable('CurrentValue')")),
            ("customProperties", JsonNode.Parse("""{"ports":{"inputs":[{"name":"rate","type":"Double"}],"parameters":[{"name":"rate","type":"Double","value":0}]}}""")!))));

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
