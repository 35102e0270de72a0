namespace Flows.Designer.Canvas.FirstFlow;

/// <summary>How far somebody is with a first flow. What was done once stays done, also when it is taken back.</summary>
/// <param name="reached">Steps that are done.</param>
public sealed class FirstFlowGuide(int reached = 0)
{
    public int Reached { get; private set; } = Math.Clamp(reached, 0, GuideStep.All.Count);

    /// <summary>Null: everything is done.</summary>
    public GuideStep? Current => Reached < GuideStep.All.Count ? GuideStep.All[Reached] : null;

    /// <returns>Whether something was done since the last look.</returns>
    public bool Look(GuideView view)
    {
        var before = Reached;
        while (Current is { } step && step.IsDone(view)) Reached++;
        return Reached != before;
    }
}

public enum GuideMode { Open, Left, Over }

/// <summary>What this browser remembers of the guide: in which flow, how far, and whether it is shown.</summary>
public sealed record GuideState(string Flow, int Reached, GuideMode Mode);
