using Flows.Contract.Runs;
using Flows.Engine;
using Flows.Hub.Flows;
using Flows.Hub.Web;

namespace Flows.Hub.Runs;

/// <summary>Runs that other runs start: each once, by an id that its parent's journal knows; they tell their parent how they stand and end when it is cancelled.</summary>
public sealed class RunFamily(RunHost host, RunStore store, IFlowLookup flows)
{
    /// <summary>Runs within runs; one more is refused, since it is most likely a flow that starts itself without end.</summary>
    public const int MaxDepth = 50;

    /// <summary>Starts a child, or finds that it was started before.</summary>
    public async Task<RunEvent.ChildStarted> StartAsync(RunRow parent, RunEffect.StartChild start)
    {
        var child = start.Child;
        try
        {
            var depth = 1 + (KeptSteps.RequestOf(parent).Parent?.Depth ?? 0);
            if (depth > MaxDepth) throw new RequestFault($"Runs start runs more than {MaxDepth} levels deep; does the flow start itself?");
            var definition = flows.Child(child.DefinitionId, null) ?? throw new RequestFault($"There is no published flow '{child.DefinitionId}'.");
            var request = new RunRequest { Inputs = child.Input, CorrelationId = child.CorrelationId, Parent = new ParentStep(parent.Id, start.Step, child.Report.ToString(), depth), Debug = child.Debug };
            await host.StartAsync(definition, request, new RunOrigin(parent.ProjectId, parent.Author, "run") { RunId = child.RunId, IsDerived = true });
            return new RunEvent.ChildStarted(start.Step, child.RunId);
        }
        catch (RequestFault refused)
        {
            return new RunEvent.ChildStarted(start.Step, child.RunId, refused.Problems is [var problem, ..] ? $"{refused.Message} {problem.Message}" : refused.Message);
        }
    }

    /// <summary>Tells the parent of a run how the run stands. What is told twice counts once.</summary>
    public async Task ReportAsync(ParentStep parent, RunRecord record) =>
        await host.PostAsync(parent.RunId, new RunEvent.ChildReported(parent.Step, record.Id, record.SubStatus, record.Output, record.Lines));

    public async Task CancelChildrenAsync(string runId)
    {
        foreach (var child in await store.OffspringAsync(runId))
        {
            if (host.Find(child) is { } live) live.Cancel("parent");
            else await host.PostAsync(child, new RunEvent.CancelRequested("parent"));
        }
    }
}
