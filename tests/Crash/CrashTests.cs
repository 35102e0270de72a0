using Flows.Tests.Support;

namespace Flows.Tests.Crash;

/// <summary>
/// Servers, runners and the parents of Python steps are killed at random moments, ten times on each storage; a hundred
/// times with <c>FLOWS_TESTS_LONG</c>, which writes docs/crash-report.md.
/// </summary>
[Collection(Library.Alone.Name)]
public sealed class CrashTests(PostgresServer postgres)
{
    private const int Kills = 10;

    // Both at once: neither keeps the machine busy.
    [Fact]
    public Task Every_run_ends_as_it_would_have_whatever_is_killed() => Task.WhenAll(Enum.GetValues<StorageKind>().Select(async kind =>
    {
        var (wrong, findings) = await CampaignAsync(kind, seed: 1);

        Assert.True(wrong.Count == 0, $"{kind}: {string.Join('\n', wrong.Take(20))}");
        Assert.True(findings is { Kills: >= Kills, ServerKills: > 0, ParentKills: > 0, Runs: > 15, Repeated: > 0 }, $"{kind}: {findings}");
        Assert.Equal(kind == StorageKind.Postgres, findings.RunnerKills > 0);
    }));

    [Fact]
    public async Task A_hundred_kills_on_each_storage_lose_nothing()
    {
        Long.Only();
        var report = new CrashReport();
        foreach (var seed in Seeds())
        {
            foreach (var kind in Enum.GetValues<StorageKind>()) await ReportAsync(kind, seed, report);
        }

        Assert.True(report.Wrong.Count == 0, string.Join('\n', report.Wrong.Take(20)));
    }

    // FLOWS_CRASH_SEEDS=3,8: these campaigns only, to look at one more closely.
    private static IEnumerable<int> Seeds() => Environment.GetEnvironmentVariable("FLOWS_CRASH_SEEDS") is { Length: > 0 } chosen
        ? chosen.Split(',').Select(seed => int.Parse(seed, System.Globalization.CultureInfo.InvariantCulture))
        : Enumerable.Range(1, 100 / Kills);

    // One campaign that breaks, as on a run that is stuck, does not keep the others from being told about.
    private async Task ReportAsync(StorageKind kind, int seed, CrashReport report)
    {
        await using var campaign = new CrashCampaign(seed, kind == StorageKind.Postgres ? await postgres.NewDatabaseAsync() : null);
        try { report.Add(kind, campaign.Findings, await campaign.RunAsync(Kills)); }
        catch (Exception broken) { report.Add(kind, campaign.Findings, [broken.Message]); }
        await report.WriteAsync();
    }

    private async Task<(IReadOnlyList<string> Wrong, CrashFindings Findings)> CampaignAsync(StorageKind kind, int seed)
    {
        await using var campaign = new CrashCampaign(seed, kind == StorageKind.Postgres ? await postgres.NewDatabaseAsync() : null);
        return (await campaign.RunAsync(Kills), campaign.Findings);
    }
}
