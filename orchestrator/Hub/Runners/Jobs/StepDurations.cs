using System.Collections.Concurrent;

namespace Flows.Hub.Runners;

/// <summary>What steps of each activity have taken lately: the short ones are given to runners several at a time.</summary>
public sealed class StepDurations
{
    /// <summary>Below it a step is short, in seconds.</summary>
    private const double Short = 0.02;

    private readonly ConcurrentDictionary<(string, string), double> _average = [];

    public bool IsShort(WaitingJob job) => _average.TryGetValue((job.DefinitionId, job.ActivityId), out var seconds) && seconds < Short;

    public void Add(StepJobRow job, double seconds) =>
        _average.AddOrUpdate((job.DefinitionId, job.ActivityId), seconds, (_, before) => before * 0.7 + seconds * 0.3);
}
