using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Designer.Controls;
using Flows.Designer.Editing;

namespace Flows.Designer.Canvas;

/// <summary>Looking into runs: breakpoints, which are this person's, and pinned outputs, which are the flow's.</summary>
public sealed partial class EditorSession
{
    /// <summary>Largest result that is pinned, as JSON text: 262,144 characters. A table is a reference, so it always fits.</summary>
    public const int LargestPin = 256 * 1024;

    private HashSet<string> _breakpoints = [];

    /// <summary>Ids of the activities of this flow that runs from here stop before.</summary>
    public IReadOnlyCollection<string> Breakpoints => _breakpoints;

    /// <summary>Somebody set breakpoints or took them away.</summary>
    public event Action? BreakpointsChanged;

    public bool HasBreakpoint(string id) => _breakpoints.Contains(id);

    /// <summary>Steps of the run that is shown that stopped before they began, this flow's first.</summary>
    public IReadOnlyList<StepRecord> Halted => [.. Steps.Values.Where(step => step.Halt is not null).OrderBy(step => Draft.Find(step.ActivityId) is null)];

    public void ShowBreakpoints(IEnumerable<string> ids)
    {
        _breakpoints = [.. ids];
        Changed?.Invoke();
    }

    /// <summary>Sets breakpoints at the chosen nodes; when all of them have one, takes them away.</summary>
    public void ToggleBreakpoint()
    {
        var nodes = ChosenNodes();
        if (nodes.Count == 0)
        {
            Say("Select a node first.");
            return;
        }
        var off = nodes.All(node => _breakpoints.Contains(node.Id));
        if (off) _breakpoints.ExceptWith(nodes.Select(node => node.Id));
        else _breakpoints.UnionWith(nodes.Select(node => node.Id));
        BreakpointsChanged?.Invoke();
        var what = nodes.Count == 1 ? nodes[0].Title : $"{nodes.Count} nodes";
        Say(off ? $"Breakpoint removed from {what}" : $"Runs from here stop before {what}");
    }

    /// <summary>Pins what the chosen nodes gave in a run; when all of them are pinned, takes the pins away.</summary>
    /// <param name="run">Whole, not as its live events told it: they cut large values.</param>
    public void TogglePin(RunRecord? run)
    {
        var nodes = ChosenNodes();
        if (nodes.Count == 0) Say("Select a node first.");
        else if (nodes.All(node => node.IsPinned))
            Apply(new FlowEdit.Composite($"Unpinned {Named(nodes)}", [.. nodes.Select(node => Pinning(node.Id, null))]));
        else Pin([.. nodes.Where(node => !node.IsPinned)], run);
    }

    private void Pin(IReadOnlyList<CanvasNode> nodes, RunRecord? run)
    {
        var pins = nodes.Select(node => (node.Id, Found: PinOf(node, run))).ToList();
        if (pins.Select(pin => pin.Found.Refusal).FirstOrDefault(refusal => refusal is not null) is { } refused) Say(refused);
        else Apply(new FlowEdit.Composite($"Pinned what {Named(nodes)} gave", [.. pins.Select(pin => Pinning(pin.Id, pin.Found.Pin))]));
    }

    private static (PinnedOutput? Pin, string? Refusal) PinOf(CanvasNode node, RunRecord? run)
    {
        var step = run?.Steps.LastOrDefault(step => step.ActivityId == node.Id && step is { Status: StepStatus.Completed, Outputs.Count: > 0 });
        if (step is null) return (null, $"{node.Title} gave nothing yet that could be pinned: run it first.");
        var pin = new PinnedOutput(step.Outputs!, step.Outcomes) { RunId = run!.Id };
        return pin.ToJson().ToJsonString(ContractJson.Options).Length <= LargestPin
            ? (pin, null)
            : (null, $"What {node.Title} gave is larger than {Controls.Say.Size(LargestPin)}, the most that is kept in a flow: let it write a table or a file, which is pinned by name.");
    }

    private static FlowEdit.SetProperty Pinning(string id, PinnedOutput? pin) => new(id, ["customProperties", PinnedOutput.Property], pin?.ToJson());

    private List<CanvasNode> ChosenNodes() => [.. Selection.Nodes.Select(Graph.Find).OfType<CanvasNode>()];

    private static string Named(IReadOnlyList<CanvasNode> nodes) => nodes.Count == 1 ? nodes[0].Title : $"{nodes.Count} nodes";
}
