using Flows.Contract.Checks;
using Flows.Contract.Runs;
using Flows.Designer.Controls;
using Microsoft.AspNetCore.Components;

namespace Flows.Designer.Canvas;

/// <summary>One node. Drawn again only when something that it shows is another object than before.</summary>
public partial class NodeView
{
    private (CanvasNode?, StepRecord?, FlowProblem?, bool, Detail, string?, string?, string?, bool) _shown;

    [Parameter, EditorRequired] public CanvasNode Node { get; set; } = null!;

    [Parameter] public StepRecord? Step { get; set; }

    [Parameter] public FlowProblem? Worst { get; set; }

    [Parameter] public bool Selected { get; set; }

    [Parameter] public Detail Detail { get; set; }

    /// <summary>How long the running step has taken so far.</summary>
    [Parameter] public string? Elapsed { get; set; }

    /// <summary>What is different from the version that it is compared with: <c>added</c>, <c>changed</c>, <c>moved</c> or nothing.</summary>
    [Parameter] public string? Change { get; set; }

    /// <summary>How a trigger stands, in a few words; null for every other node.</summary>
    [Parameter] public string? Fires { get; set; }

    /// <summary>Runs from the editor stop before it.</summary>
    [Parameter] public bool Breakpoint { get; set; }

    private string Tone => ToneOf(Step, Worst);

    /// <summary>The class that colours a node by its run, else by its problems.</summary>
    internal static string ToneOf(StepRecord? step, FlowProblem? worst) => step is null ? worst is { Level: ProblemLevel.Error } ? "invalid" : worst is null ? "" : "doubtful"
        : step.Status == StepStatus.Skipped ? "skipped" : Say.Tone(step.Status);

    private string Note => Step switch
    {
        { Halt: not null } => "Stopped before it",
        { Pinned: true, Status: StepStatus.Completed } => "Pinned",
        { Status: StepStatus.Completed } when Fires is not null => Fires,
        { Status: StepStatus.Running, ProgressText: { Length: > 0 } text } => text,
        { Status: StepStatus.Running } => $"Running {Elapsed}",
        { Status: StepStatus.Completed, StartedAt: { } from, FinishedAt: { } to } => $"Done in {Say.Duration(to - from)}",
        { Status: StepStatus.Faulted } => Step.Fault ?? "Failed",
        { } step => step.Status.ToString(),
        null when Node.IsDisabled => "Disabled: passed by",
        null when Node.IsPinned => "Pinned",
        null when Fires is not null => Fires,
        null => Node.Title == Node.Kind ? Node.Category : Node.Kind,
    };

    // From the icon to the edge, or to the button that opens the body.
    private double TitleRoom => CanvasNode.Width - 46 - (HasBody ? 40 : 12);

    private bool HasBody => Node.Slots.Count > 0 && Node.Slots[0] != "cases";

    private string Spoken => $"{Node.Title}, {Node.Kind}{(Step is null ? "" : $", {Step.Status}")}{(Step?.Halt is null ? "" : ", the run stopped before it")}{(Node.IsDisabled ? ", disabled" : "")}{(Node.IsPinned ? ", pinned" : "")}{(Breakpoint ? ", breakpoint" : "")}{(Worst is null ? "" : $", {Worst.Message}")}{(Change is null ? "" : $", {Change}")}{(Selected ? ", selected" : "")}";

    private string BadgeShape => Step?.Status switch
    {
        StepStatus.Completed => Icons.Shapes["check"],
        StepStatus.Faulted or StepStatus.Canceled => Icons.Shapes["close"],
        StepStatus.Running => Icons.Shapes["run"],
        StepStatus.Skipped => "M4 10h12",
        StepStatus.Suspended when Step.Halt is not null => Icons.Shapes["pause"],
        StepStatus.Queued or StepStatus.Suspended => Icons.Shapes["clock"],
        _ => "M10 4v8M10 15.5v.01",
    };

    protected override bool ShouldRender()
    {
        var now = (Node, Step, Worst, Selected, Detail, Elapsed, Change, Fires, Breakpoint);
        var changed = now != _shown;
        _shown = now;
        return changed;
    }

    private bool IsOpen(CanvasPort port) => port is { Side: PortSide.DataIn, Required: true } && Node.Reads.All(read => read.Input != port.Name);
}
