using Flows.Contract.Runs;

namespace Flows.Designer.Runs.Heat;

/// <summary>Finds in a run what was done again and again. Linear in the steps.</summary>
public static class HeatStrips
{
    /// <summary>
    /// One strip for each activity that had several steps within one step around it: a loop's body, a fan-out's parts, what a wire leads back to.
    /// What lies inside such a pass has none of its own, unless it repeats something itself.
    /// </summary>
    public static IReadOnlyList<HeatStrip> Of(IReadOnlyList<StepRecord> steps)
    {
        var repeated = Repeated(steps);
        if (repeated.Count == 0) return [];
        var byId = steps.ToDictionary(step => step.StepId);
        return [.. steps.Where(step => step.ParentStepId is not null && repeated.Contains(step.ActivityId))
            .GroupBy(step => step.ActivityId)
            .Select(passes => new HeatStrip(passes.Key, OwnerOf(passes.First(), byId), [.. passes]))];
    }

    /// <summary>The step with everything that was done inside it.</summary>
    public static IReadOnlySet<string> Within(IReadOnlyList<StepRecord> steps, string stepId)
    {
        var within = new HashSet<string> { stepId };
        // A step comes after the one around it.
        foreach (var step in steps)
            if (step.ParentStepId is { } parent && within.Contains(parent)) within.Add(step.StepId);
        return within;
    }

    private static HashSet<string> Repeated(IReadOnlyList<StepRecord> steps)
    {
        var (seen, repeated) = (new HashSet<(string, string)>(), new HashSet<string>());
        foreach (var step in steps)
            if (step.ParentStepId is { } parent && !seen.Add((parent, step.ActivityId))) repeated.Add(step.ActivityId);
        return repeated;
    }

    private static string? OwnerOf(StepRecord pass, Dictionary<string, StepRecord> byId) =>
        byId.GetValueOrDefault(pass.ParentStepId!) is { ActivityType: not ("Elsa.Flowchart" or "Elsa.Sequence") } owner ? owner.ActivityId : null;
}
