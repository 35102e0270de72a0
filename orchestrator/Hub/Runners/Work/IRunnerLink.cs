namespace Flows.Hub.Runners;

/// <summary>A runner's way to the server: in the same process, or over HTTP.</summary>
public interface IRunnerLink
{
    /// <summary>What this runner is called in runs and lists.</summary>
    string Runner { get; }

    /// <summary>Keys of the jobs that have ended here and whose end the server does not have yet: they are not begun again.</summary>
    IReadOnlyCollection<string> Undelivered { get; }

    /// <summary>The assignments of those of the jobs that are still this runner's.</summary>
    Task<IReadOnlyList<StepAssignment>> TakeAsync(IReadOnlyList<string> keys, CancellationToken cancellation);

    /// <summary>Tells the server. Never throws and does not wait: what has to arrive is kept until it has.</summary>
    void Report(StepReport report);
}
