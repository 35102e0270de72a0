using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Contract.Provenance;
using Flows.Engine;

namespace Flows.Hub.Reproductions;

/// <summary>The earlier run that a run makes again: which steps are carried out anew, with what, and what the others gave.</summary>
public sealed class RemadeRun(RecordedSteps recorded, Reproduction how, ActivityCatalog catalog)
{
    /// <summary>
    /// The recorded result of a step that asks or changes something outside of the run (a registration, a request, a person, another run); null
    /// for one that is to be carried out.
    /// </summary>
    public StepResult? TakenFor(RunState state, int step)
    {
        var type = state.ActivityOf(step).Type;
        var isTaken = catalog.HasClass(type) ? catalog.Find(type) is not { Repeatable: true } : recorded.Of(state, step)?.StartsRuns == true;
        return isTaken ? Result(state, step) : null;
    }

    /// <summary>What a step gave that would wait now for something outside.</summary>
    public StepResult Result(RunState state, int step) => recorded.Of(state, step)?.Result
        ?? new StepResult { Fault = "It is not carried out when a run is made again, and the record has no result to take: the run went another way than the earlier one." };

    /// <summary>The activity with what is recorded of its step, in place of what there is now.</summary>
    public FlowActivity WithRecipe(RunState state, int step, FlowActivity activity) => recorded.Of(state, step) is { Result: var earlier } ? new FlowActivity(RecipeOf(earlier).Over(activity.Json)) : activity;

    private StepRecipe RecipeOf(StepResult earlier) => new()
    {
        Seed = earlier.Facts?.Seed is null ? null : how.Seed ?? (IsCurrent("seed") ? null : earlier.Facts.Seed),
        Files = IsCurrent("data") ? null : earlier.Facts?.Files,
        Code = IsCurrent("code") ? null : earlier.Facts?.Code,
        Environment = IsCurrent("environment") ? null : earlier.Environment,
    };

    private bool IsCurrent(string part) => how.Current.Contains(part);
}
