namespace Flows.Tests.Browser;

/// <summary>axe-core, which reads a page as people with a screen reader or poor sight would meet it. <c>./test</c> installs it from npm.</summary>
internal static class Axe
{
    private static readonly string Script = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "flows-tests", "node_modules", "axe-core", "axe.min.js");

    private const string Findings = """
        async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
          .filter(found => found.impact === 'serious' || found.impact === 'critical')
          .flatMap(found => found.nodes.map(node => `${found.id} ${node.target.join(' ')} ${node.html.slice(0, 120)} ${node.failureSummary.replaceAll('\n', ' ').slice(0, 240)}`))
        """;

    public static bool IsThere => File.Exists(Script);

    /// <summary>What is serious or critical on the page as it is now; nothing where axe-core is not installed.</summary>
    // The page's policy forbids scripts of others; what the debugger evaluates it does not ask about.
    public static async Task<IReadOnlyList<string>> ReadAsync(ObservedPage page, string where)
    {
        if (!IsThere) return [];
        if (!await page.Page.EvaluateAsync<bool>("typeof axe === 'object'")) await page.Page.EvaluateAsync(await File.ReadAllTextAsync(Script));
        return [.. (await page.Page.EvaluateAsync<string[]>(Findings)).Select(finding => $"{where}: {finding}")];
    }
}
