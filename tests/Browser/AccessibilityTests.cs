using Flows.Tests.Support;
using Microsoft.Playwright;

namespace Flows.Tests.Browser;

/// <summary>axe-core reads every page in both themes: nothing serious or critical. <c>./test</c> installs it from npm.</summary>
[Collection(SharedBrowser.Name)]
public sealed class AccessibilityTests(ChromiumFixture chromium)
{
    private static readonly string Axe = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "flows-tests", "node_modules", "axe-core", "axe.min.js");

    private const string Findings = """
        async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
          .filter(found => found.impact === 'serious' || found.impact === 'critical')
          .flatMap(found => found.nodes.map(node => `${found.id} ${node.target.join(' ')} ${node.html.slice(0, 120)} ${node.failureSummary.replaceAll('\n', ' ').slice(0, 240)}`))
        """;

    [Theory, InlineData("light"), InlineData("dark")]
    public async Task No_page_has_a_serious_finding(string theme)
    {
        if (!File.Exists(Axe))
        {
            Assert.False(Environment.GetEnvironmentVariable("FLOWS_CI") == "1", "axe-core is missing: ./test installs it");
            Assert.Skip("no axe-core on this machine: ./test installs npm's axe-core");
        }
        await using var page = await chromium.OpenAsync(theme == "dark" ? ColorScheme.Dark : ColorScheme.Light);
        await chromium.Hub.ImportAsync(Some.Chain("read", Some.Line("a", "x"), Some.Activity("b", "Flows.PythonScript"), Some.Line("c", "y")));
        await chromium.Hub.ImportAsync(Some.Chain("ran", Some.Line("a", "x"), Some.Activity("bad", "Elsa.Fault", ("message", Some.Text("the well is dry")))));
        var run = await chromium.Hub.RunAsync("ran");
        var found = new List<string>();

        foreach (var path in new[] { "", "runs", $"runs/{run.Id}", "triggers", "backfills", "approvals", "library", "models", "deployments", "secrets", "nowhere", "flows/read" })
        {
            await page.GoAsync("/" + path);
            found.AddRange(await LookAsync(page, path));
        }
        await page["[data-node=b] .node-box"].ClickAsync(new() { Position = new Position { X = 100, Y = 20 } });
        await page["[data-part=inspector] [data-field]"].First.WaitForAsync();
        found.AddRange(await LookAsync(page, "a node's form"));
        await page["[data-action=keys]"].ClickAsync();
        await page[".key-sheet"].WaitForAsync();
        found.AddRange(await LookAsync(page, "a dialog"));

        Assert.True(found.Count == 0, $"{found.Count} findings:\n{string.Join('\n', found.Distinct())}");
    }

    // The page's policy forbids scripts of others; what the debugger evaluates it does not ask about.
    private static async Task<IEnumerable<string>> LookAsync(ObservedPage page, string where)
    {
        if (!await page.Page.EvaluateAsync<bool>("typeof axe === 'object'")) await page.Page.EvaluateAsync(await File.ReadAllTextAsync(Axe));
        return (await page.Page.EvaluateAsync<string[]>(Findings)).Select(finding => $"{where}: {finding}");
    }
}
