using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Engine;
using Flows.Hub.Flows;
using Flows.Hub.Runs;
using Flows.Hub.Storage;

namespace Flows.Hub.Reproductions;

/// <summary>Finds what a run makes again. That run is over, so a server that takes this one up finds the same.</summary>
public sealed class RemadeRuns(RunStore store, IJournal journal, IFlowLookup flows, ActivityCatalog catalog)
{
    /// <summary>Null for a run that makes none again.</summary>
    public async Task<RemadeRun?> OfAsync(RunRow row)
    {
        if (KeptSteps.RequestOf(row).Reproduces is not { } how || await store.FindAsync(how.RunId) is not { } before) return null;
        var children = await RunChildren.OfAsync(before, store, flows);
        var graph = FlowGraph.Compile(await store.DefinitionAsync(before.DefinitionDigest), children.Find, catalog);
        return new RemadeRun(new RecordedSteps(before.Id, graph, journal.Read(before.Id).Select(body => JsonSerializer.Deserialize<RunEvent>(body, ContractJson.Options)!)), how, catalog);
    }
}
