using Flows.Contract.Runs;
using Flows.Engine.Graph;

namespace Flows.Engine.Run;

/// <summary>Where a run stops that somebody looks into.</summary>
internal sealed class Debugging(DebugRequest debug, string definitionId)
{
    private HashSet<(string Flow, string Activity)> _stops = Keys(debug.Breakpoints, definitionId);

    /// <summary>Every step stops before it begins.</summary>
    public bool IsStepping { get; set; } = debug.Step;

    public bool Pins => Now.Pins;

    /// <summary>What was asked for, as it is by now.</summary>
    public DebugRequest Now { get; private set; } = debug;

    /// <summary>Runs that the run starts stop at the same places; stepping goes over them.</summary>
    public DebugRequest OfChild => new() { Pins = Pins, Breakpoints = [.. _stops.Select(stop => new Breakpoint(stop.Activity, stop.Flow)).OrderBy(stop => (stop.DefinitionId, stop.ActivityId))] };

    public void Steer(RunEvent.Steered steered)
    {
        IsStepping = steered.Stepping ?? IsStepping;
        if (steered.Breakpoints is { } breakpoints) _stops = Keys(breakpoints, definitionId);
        Now = Now with { Step = IsStepping, Breakpoints = steered.Breakpoints ?? Now.Breakpoints };
    }

    /// <summary>Why the step stops before it begins; null when it does not.</summary>
    public Halt? Stops(Step step) => _stops.Contains((step.Workflow().Node.Definition!.DefinitionId, step.Node.Id)) ? Halt.Breakpoint
        : IsStepping && step.Node.Behaviour is not (Behaviour.Workflow or Behaviour.Flowchart) ? Halt.Step
        : null;

    private static HashSet<(string, string)> Keys(IEnumerable<Breakpoint> breakpoints, string definitionId) =>
        [.. breakpoints.Select(breakpoint => (breakpoint.DefinitionId ?? definitionId, breakpoint.ActivityId))];
}
