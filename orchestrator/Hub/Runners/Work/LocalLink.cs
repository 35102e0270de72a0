using System.Collections.Concurrent;

namespace Flows.Hub.Runners;

/// <summary>The way from this process's own runner to its server.</summary>
public sealed class LocalLink(JobDesk desk, LocalRunnerName self, ILogger<LocalLink> log) : IRunnerLink
{
    private readonly ConcurrentDictionary<string, bool> _untold = [];

    public string Runner => self.Name;

    /// <summary>Jobs whose end is not recorded yet.</summary>
    public IReadOnlyCollection<string> Untold => [.. _untold.Keys];

    public Task<IReadOnlyList<StepAssignment>> TakeAsync(IReadOnlyList<string> keys, CancellationToken cancellation) => desk.TakeAsync(self.Name, self.Session, keys);

    public void Report(StepReport report)
    {
        var told = TellAsync(report);
        if (!told.IsCompletedSuccessfully) _ = told;
    }

    // What cannot be recorded is done again: the job is still placed here, and its runner does not have it.
    private async Task TellAsync(StepReport report)
    {
        if (report is StepReport.Ended or StepReport.Stopped or StepReport.Returned) _untold[report.Key] = true;
        try { await desk.TakeInAsync(self.Name, self.Session, [report]); }
        catch (Exception refused) { log.LogError(refused, "What became of {Job} could not be recorded", report.Key); }
        finally { _untold.TryRemove(report.Key, out _); }
    }
}

/// <summary>What the runner of this process is called: its queue has the same name.</summary>
public sealed record LocalRunnerName(string Name)
{
    private const string Prefix = "local";

    public string Session { get; } = Guid.NewGuid().ToString("N");

    /// <param name="machine">Names the server among several; null when it is alone on its storage.</param>
    public static LocalRunnerName Of(string? machine) => new(machine is null ? Prefix : $"{Prefix}-{machine}");

    /// <summary>Whether a runner is a server's own.</summary>
    public static bool IsServers(string runner) => runner == Prefix || runner.StartsWith(Prefix + "-", StringComparison.Ordinal);
}
