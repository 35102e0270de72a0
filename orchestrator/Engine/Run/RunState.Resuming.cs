using Flows.Engine.Graph;
using Flows.Engine.Run;

namespace Flows.Engine;

/// <summary>
/// A run that goes on from an earlier one: which steps may keep the result they had. A step is stale when something before
/// it was done anew, so that it has to be done anew too, whatever its inputs are.
/// </summary>
public sealed partial class RunState
{
    private readonly Dictionary<(string Parent, string Activity), int> _passes = [];

    /// <summary>Gives steps their keys even if the run goes on from none: to offer its results to another.</summary>
    public bool KeepsKeys { get; init; }

    private bool IsResumed => _begun?.ResumedFrom is not null;

    // The same activity in the same pass of the same container has the same key in both runs, in whatever order branches ran.
    private void Place(Step step)
    {
        if (!IsResumed && !KeepsKeys) return;
        var id = step.Node.Behaviour == Behaviour.Workflow ? "*" : step.Node.Id;
        var parent = step.Parent?.Key ?? "";
        var pass = _passes[(parent, id)] = _passes.GetValueOrDefault((parent, id)) + 1;
        step.Key = $"{parent}/{id}#{pass}";
        if (IsResumed) Inherit(step);
    }

    private void Inherit(Step step)
    {
        step.IsStale = step.Parent is { } parent && (parent.IsStaleInside || parent.Chart?.IsStale(step.Node.Local) == true);
        if (step.Node.Id == _begun!.RerunFrom)
        {
            step.IsStale = true;
            Spread(step);
        }
        step.IsStaleInside = step.IsStale;
    }

    /// <summary>A result came in: kept, or done anew.</summary>
    private void Compare(Step step, bool kept)
    {
        if (!IsResumed) return;
        switch (step.Node.Behaviour)
        {
            case Behaviour.Execute or Behaviour.Dispatch or Behaviour.ExecuteWorkflow or Behaviour.BulkDispatch when kept:
                step.Cached = true;
                break;
            case Behaviour.Execute or Behaviour.Dispatch or Behaviour.ExecuteWorkflow or Behaviour.BulkDispatch:
                Spread(step);
                break;
            case var _ when KeptResults.IsCompared(step.Node.Behaviour) && !kept:
                step.IsStaleInside = true;
                Spread(step);
                break;
        }
    }

    /// <summary>Whatever comes after the step, in the containers around it, is stale. What runs beside it is not.</summary>
    private static void Spread(Step step)
    {
        for (var (child, around) = (step, step.Parent); around is not null; (child, around) = (around, around.Parent))
        {
            if (around.Node.Behaviour == Behaviour.Flowchart) around.Chart?.Spread(child.Node.Local);
            else if (around.Node.Behaviour is Behaviour.Sequence or Behaviour.While or Behaviour.For or Behaviour.ForEach or Behaviour.TryCatch) around.IsStaleInside = true;
        }
    }
}
