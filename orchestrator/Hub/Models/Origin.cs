using Flows.Hub.Runners;

namespace Flows.Hub.Models;

/// <summary>On whose behalf something is registered or deployed.</summary>
public sealed record Origin(string ProjectId = "default", string Author = "local", string? RunId = null, string? StepId = null)
{
    public static Origin Local { get; } = new();

    public static Origin Of(StepIdentity step) => new(step.ProjectId, step.Author, step.RunId, step.StepId);
}
