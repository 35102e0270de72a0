using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Hub.Flows;

namespace Flows.Hub.Library;

/// <summary>Gathers what a shared flow needs to run elsewhere: the flows that it uses as activities, and the files of all of them.</summary>
public sealed class SharedContent(IFlowLookup flows, ActivityCatalog catalog, FlowFiles files)
{
    internal async Task<(IReadOnlyList<FlowDefinition> Flows, IReadOnlyList<SharedFile> Files)> OfAsync(FlowDefinition flow, CancellationToken cancellation)
    {
        IReadOnlyList<FlowDefinition> all = [flow, .. Used(flow)];
        var kept = new List<SharedFile>();
        foreach (var one in all) kept.AddRange((await files.ListAsync(one.DefinitionId, cancellation)).Select(file => new SharedFile(one.DefinitionId, file.Path, file.Sha256)));
        return (all, kept);
    }

    // Breadth first, each once; a flow may use itself.
    private List<FlowDefinition> Used(FlowDefinition flow)
    {
        var (found, seen, open) = (new List<FlowDefinition>(), new HashSet<string> { flow.DefinitionId }, new Queue<FlowDefinition>([flow]));
        while (open.TryDequeue(out var user))
        {
            foreach (var name in user.Activities().Select(NameOf).OfType<string>().Distinct().ToList())
            {
                if (flows.Child(name, null) is not { } used || !seen.Add(used.DefinitionId)) continue;
                found.Add(used);
                open.Enqueue(used);
            }
        }
        return found;
    }

    private string? NameOf(FlowActivity activity) => activity.WorkflowDefinitionId ?? (catalog.Find(activity.Type) is null ? activity.Type : null);
}
