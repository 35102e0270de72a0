using System.Globalization;
using System.Text;
using Flows.Tests.Architecture;
using Flows.Tests.Support;

namespace Flows.Tests.Crash;

/// <summary>docs/crash-report.md: what the long crash test did and saw.</summary>
internal sealed class CrashReport
{
    private readonly List<(StorageKind Storage, CrashFindings Findings, int Wrong)> _rows = [];

    public List<string> Wrong { get; } = [];

    public void Add(StorageKind storage, CrashFindings findings, IReadOnlyList<string> wrong)
    {
        _rows.Add((storage, findings, wrong.Count));
        Wrong.AddRange(wrong.Select(what => $"{storage}, seed {findings.Seed}: {what}"));
    }

    public Task WriteAsync() => File.WriteAllTextAsync(Path.Combine(SourceTree.Root, "docs", "crash-report.md"), Text());

    private string Text()
    {
        var text = new StringBuilder($"""
            # Crash report

            Written by `./test --long` (tests/Crash) on {TimeProvider.System.GetUtcNow():yyyy-MM-dd}, on {Environment.ProcessorCount} cores. Each row is one campaign: six random flows
            of its seed, with loops, fan-outs, forks and joins, jobs, concurrency slots, delays, retries and caught faults, run once without a
            kill; then run again and again while processes are killed with SIGKILL at random moments and started again. On PostgreSQL
            the victims are two servers that share the runs, two runners, and the warm parents of Python steps; some servers and runners stay away
            until the others have given them up. On SQLite they are one server and the parents.
            "Wrong" counts everything that differs from the run without kills: status, output, lines, incidents, steps and
            their values; gaps or doublings in a journal, a prefix of a journal that replays to another state; a script begun twice in
            one attempt, or an attempt that counts and did not come to its end; more scripts at once than a key has slots; rows of
            jobs, slots, bookmarks or letters that are left; jobs of Hangfire that nobody would do; processes that are left.

            | storage | seed | kills of servers | kills of runners | kills of Python parents | runs | starts left unanswered | steps begun anew | seconds | wrong |
            |---|---|---|---|---|---|---|---|---|---|

            """);
        foreach (var (storage, found, wrong) in _rows.OrderBy(row => row.Storage)) text.AppendLine(Row($"{storage}", $"{found.Seed}", found, wrong));
        foreach (var all in _rows.GroupBy(row => row.Storage)) text.AppendLine(Row($"**{all.Key}**", "**all**", CrashFindings.Sum(all.Select(row => row.Findings)), all.Sum(row => row.Wrong)));
        if (Wrong.Count > 0) text.AppendLine("\n## What was wrong\n").AppendLine(string.Join('\n', Wrong.Take(50).Select(what => $"- {what}")));
        return text.ToString();
    }

    private static string Row(string storage, string seed, CrashFindings found, int wrong) => string.Create(CultureInfo.InvariantCulture,
        $"| {storage} | {seed} | {found.ServerKills} | {found.RunnerKills} | {found.ParentKills} | {found.Runs} | {found.Refused} | {found.Repeated} | {found.Seconds:0} | {wrong} |");
}
