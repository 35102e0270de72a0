using System.Collections.Concurrent;

namespace Flows.Hub.Runners;

/// <summary>
/// What steps have taken lately: the short ones are given to runners several at a time. An activity that was not done yet is
/// taken for one like the others of its flow; a wrong guess costs those behind it a second (<see cref="Workbench"/>).
/// </summary>
public sealed class StepDurations
{
    /// <summary>Below it a step is short, in seconds.</summary>
    private const double Short = 0.02;

    private readonly ConcurrentDictionary<(string Flow, string? Activity), double> _average = [];

    /// <summary>Seconds that a short job is likely to take; null for any other.</summary>
    public double? Expected(WaitingJob job) =>
        (_average.TryGetValue((job.DefinitionId, job.ActivityId), out var seconds) || _average.TryGetValue((job.DefinitionId, null), out seconds)) && seconds < Short ? seconds : null;

    public void Add(StepJobRow job, double seconds)
    {
        Add((job.DefinitionId, job.ActivityId), seconds);
        Add((job.DefinitionId, null), seconds);
    }

    private void Add((string, string?) of, double seconds) => _average.AddOrUpdate(of, seconds, (_, before) => before * 0.7 + seconds * 0.3);
}
