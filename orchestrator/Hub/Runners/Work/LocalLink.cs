namespace Flows.Hub.Runners;

/// <summary>The way from this process's own runner to its server.</summary>
public sealed class LocalLink(JobDesk desk, LocalRunnerName self, ILogger<LocalLink> log) : IRunnerLink
{
    public string Runner => self.Name;

    public Task<IReadOnlyList<StepAssignment>> TakeAsync(IReadOnlyList<string> keys, CancellationToken cancellation) => desk.TakeAsync(self.Name, self.Session, keys);

    public void Report(StepReport report)
    {
        var told = TellAsync(report);
        if (!told.IsCompletedSuccessfully) _ = told;
    }

    private async Task TellAsync(StepReport report)
    {
        try { await desk.TakeInAsync(self.Name, self.Session, [report]); }
        catch (Exception refused) { log.LogError(refused, "What became of {Job} could not be recorded", report.Key); }
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
