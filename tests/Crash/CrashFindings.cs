using Flows.Contract.Runs;

namespace Flows.Tests.Crash;

/// <summary>What a campaign did and saw, for its report.</summary>
public sealed record CrashFindings(int Seed)
{
    /// <summary>Kills of servers and runners, those while they started included.</summary>
    public int Kills => ServerKills + RunnerKills;

    public int ServerKills { get; set; }

    public int RunnerKills { get; set; }

    public int ParentKills { get; set; }

    /// <summary>Starts of runs that the dying server did not answer.</summary>
    public int Refused { get; set; }

    public double Seconds { get; set; }

    public int Runs { get; private set; }

    /// <summary>Steps that were begun anew after a crash.</summary>
    public int Repeated { get; private set; }

    public void Take(IReadOnlyList<RunRecord> ended)
    {
        Runs = ended.Count;
        Repeated = ended.Sum(run => run.Steps.Count(step => step.Attempt > 1 + (step.EarlierFaults?.Count ?? 0)));
    }

    public static CrashFindings Sum(IEnumerable<CrashFindings> all) => all.Aggregate(new CrashFindings(0), (sum, one) => new CrashFindings(0)
    {
        ServerKills = sum.ServerKills + one.ServerKills,
        RunnerKills = sum.RunnerKills + one.RunnerKills,
        ParentKills = sum.ParentKills + one.ParentKills,
        Refused = sum.Refused + one.Refused,
        Runs = sum.Runs + one.Runs,
        Repeated = sum.Repeated + one.Repeated,
        Seconds = sum.Seconds + one.Seconds,
    });
}
