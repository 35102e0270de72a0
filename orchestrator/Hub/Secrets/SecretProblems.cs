using Flows.Contract.Checks;
using Flows.Contract.Definitions;
using Flows.Contract.Secrets;
using Flows.Hub.Models;

namespace Flows.Hub.Secrets;

/// <summary>Finds where a flow names a secret that its project does not have.</summary>
public sealed class SecretProblems(ProjectSecrets secrets)
{
    public IReadOnlyList<FlowProblem> Of(FlowDefinition flow)
    {
        var uses = flow.Activities().Where(activity => !activity.IsDisabled).SelectMany(activity => SecretUse.Of(activity).Select(use => (Activity: activity, Use: use))).Where(one => one.Use.Name.Length > 0).ToList();
        if (uses.Count == 0) return [];
        var missing = secrets.Missing(Origin.Asked.ProjectId, [.. uses.Select(one => one.Use.Name).Distinct()]).ToHashSet();
        return [.. uses.Where(one => missing.Contains(one.Use.Name)).Select(one => new FlowProblem(ProblemLevel.Error, "unknown-secret", one.Activity.Id, one.Use.Field,
            $"'{one.Activity.Title}' names the secret '{one.Use.Name}', which does not exist.", "Make it on the page Secrets, or choose another."))];
    }
}
