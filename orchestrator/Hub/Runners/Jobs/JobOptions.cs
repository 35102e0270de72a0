using System.ComponentModel.DataAnnotations;

namespace Flows.Hub.Runners;

/// <summary>Configuration <c>Jobs</c>.</summary>
public sealed class JobOptions
{
    /// <summary>
    /// How often a step is begun anew because what carried it out was killed (its runner, or the process that kept its
    /// script), beside the retries of its own policy, 0 to 1,000; then it faults. The death of a server that is its own
    /// runner does not count. Default 2.
    /// </summary>
    [Range(0, 1_000)] public int MostLosses { get; init; } = 2;
}
