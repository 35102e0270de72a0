using System.Collections.Concurrent;
using Flows.Hub.Storage;

namespace Flows.Hub.Runners;

/// <summary>The way from this process's own runner to its server.</summary>
public sealed class LocalLink(JobDesk desk, LocalRunnerName self, ILogger<LocalLink> log) : IRunnerLink
{
    private readonly ConcurrentDictionary<string, byte> _undelivered = [];

    public string Runner => self.Name;

    public IReadOnlyCollection<string> Undelivered => [.. _undelivered.Keys];

    public Task<IReadOnlyList<StepAssignment>> TakeAsync(IReadOnlyList<string> keys, CancellationToken cancellation) => desk.TakeAsync(self.Name, self.Session, keys);

    public void Report(StepReport report)
    {
        // What is given back may come again before all that is told with it was written.
        if (report is StepReport.Ended or StepReport.Stopped) _undelivered[report.Key] = 0;
        var told = TellAsync(report);
        if (!told.IsCompletedSuccessfully) _ = told;
    }

    // What cannot be recorded is done again: the job is still placed here, and its runner does not have it.
    private async Task TellAsync(StepReport report)
    {
        try { await TellPatientlyAsync(report); }
        catch (Exception refused) { log.LogError(refused, "What became of {Job} could not be recorded", report.Key); }
        finally
        {
            if (report.IsEnd) _undelivered.TryRemove(report.Key, out _);
        }
    }

    // While the database is away the end of a step waits for it, as it would at a runner of its own.
    private async Task TellPatientlyAsync(StepReport report)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await desk.TakeInAsync(self.Name, self.Session, [report]);
                return;
            }
            catch (Exception away) when (PassingFault.Is(away)) { await Task.Delay(PassingFault.Pause(attempt)); }
        }
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
