using Flows.Contract.Definitions;
using Flows.Contract.Secrets;
using Flows.Hub.Flows;

namespace Flows.Hub.Triggers;

/// <summary>Secrets that triggers need: read from the published flow when they are needed, so that no row holds them.</summary>
public sealed class TriggerSecrets(IFlowLookup flows, ISecrets secrets)
{
    /// <summary>Null when the field is empty, or the project has no secret of its name.</summary>
    public async Task<string?> FindAsync(TriggerKey trigger, string projectId, string field, CancellationToken cancellation)
    {
        if ((await flows.RunnableAsync(trigger.DefinitionId, draft: false, cancellation))?.Find(trigger.ActivityId)?.Input(field) is not { } input) return null;
        var value = input.ExpressionType == ExpressionTypes.Secret ? await secrets.FindAsync(projectId, SecretUse.NameIn(input), cancellation) : input.Value.AsText();
        return string.IsNullOrEmpty(value) ? null : value;
    }

    /// <summary>The field says something, whether or not that can be found.</summary>
    public async Task<bool> IsAskedForAsync(TriggerKey trigger, string field, CancellationToken cancellation) =>
        (await flows.RunnableAsync(trigger.DefinitionId, draft: false, cancellation))?.Find(trigger.ActivityId)?.Input(field) is { } input && input.Value.AsText() is { Length: > 0 };
}
