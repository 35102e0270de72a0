using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Runs;
using Flows.Engine;
using Flows.Hub.Flows;
using Flows.Hub.Storage;

namespace Flows.Hub.Runs;

/// <summary>Finds what a run may keep of the run that it goes on from. That run is over, so a server that takes this one up finds the same.</summary>
public sealed class KeptSteps(RunStore store, IJournal journal, IFlowLookup flows, ActivityCatalog catalog)
{
    /// <summary>Null for a run of its own, and when the earlier run is no longer there: then everything is done anew.</summary>
    public async Task<KeptResults?> OfAsync(RunRow row)
    {
        if (RequestOf(row).ResumedFrom is not { } earlier || await store.FindAsync(earlier) is not { } before) return null;
        var children = await RunChildren.OfAsync(before, store, flows);
        var graph = FlowGraph.Compile(await store.DefinitionAsync(before.DefinitionDigest), children.Find, catalog);
        return new KeptResults(before.Id, graph, journal.Read(before.Id).Select(body => JsonSerializer.Deserialize<RunEvent>(body, ContractJson.Options)!));
    }

    public static RunRequest RequestOf(RunRow row) => JsonSerializer.Deserialize<RunRequest>(row.Request, ContractJson.Options)!;
}
