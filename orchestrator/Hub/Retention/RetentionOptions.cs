using System.ComponentModel.DataAnnotations;
using Flows.Contract.Runs;

namespace Flows.Hub.Retention;

/// <summary>How long runs are kept, configuration <c>Retention</c>. Without <see cref="KeepDays"/> all of them are, for ever.</summary>
public sealed record RetentionOptions
{
    /// <summary>Days after its end for which a run is kept, from 1. Null, the default: no run is ever pruned.</summary>
    [Range(1, 36_500)] public int? KeepDays { get; init; }

    /// <summary>The same for runs that faulted. Default: three times <see cref="KeepDays"/>.</summary>
    [Range(1, 36_500)] public int? KeepFaultedDays { get; init; }

    /// <summary>Newest runs of each flow that are kept whatever their age, 0 to 100,000. Default 20.</summary>
    [Range(0, 100_000)] public int KeepLast { get; init; } = 20;

    /// <summary>Runs that one transaction removes, 1 to 1,000. Default 100.</summary>
    [Range(1, 1000)] public int BatchRuns { get; init; } = 100;

    /// <summary>Journal rows that one transaction removes, 100 to 100,000. Default 2,000.</summary>
    [Range(100, 100_000)] public int BatchEvents { get; init; } = 2000;

    /// <summary>Minutes between two rounds, 1 to 10,080. Default 60.</summary>
    [Range(1, 10_080)] public int EveryMinutes { get; init; } = 60;

    /// <summary>A run that ended so before this moment is old; null: none is.</summary>
    public DateTimeOffset? OldBefore(RunSubStatus ended, DateTimeOffset now) => KeepDays is not { } days ? null
        : now.AddDays(-(ended == RunSubStatus.Faulted ? KeepFaultedDays ?? 3 * days : days));
}
