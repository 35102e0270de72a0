using Hangfire;

namespace Flows.Hub.Runners;

/// <summary>What Hangfire's workers call: as many as the runner has places, each with one chunk of jobs at a time.</summary>
public sealed class StepQueue(Workbench bench)
{
    /// <summary>The queue that a runner listens to.</summary>
    public static string Of(string runner) => "runner-" + runner;

    // A retry is the engine's decision, as a new attempt: Hangfire must not make one of its own.
    [AutomaticRetry(Attempts = 0)]
    public Task CarryOutAsync(string[] keys) => bench.CarryOutAsync(keys);
}
