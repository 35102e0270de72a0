using Flows.Hub.Runners;
using Flows.Hub.Storage;

namespace Flows.Hub.Models;

/// <summary>On whose behalf something is registered or deployed.</summary>
public sealed record Origin(string ProjectId, string Author, string? RunId = null, string? StepId = null)
{
    /// <summary>Whoever asks, in the project that is asked for.</summary>
    public static Origin Asked => new(Sight.Current.ProjectId, Sight.Current.Author);

    public static Origin Of(StepIdentity step) => new(step.ProjectId, step.Author, step.RunId, step.StepId);
}
