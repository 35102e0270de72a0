using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Contract.Triggers;

namespace Flows.Contract.Checks;

/// <summary>What an activity's customProperties say about faults and passes: values that make no sense, or do nothing here.</summary>
internal static class PolicyChecks
{
    public static void Find(CheckedNode node, Findings found)
    {
        if (node.Activity.Json["customProperties"] is not JsonObject custom) return;
        if (PolicyReading.Of(custom["faultPolicy"]) is { } reading) Policy(node, reading, found);
        if (node.Descriptor?.IsTrigger == true) Storms(node, found);
        Passes(node, custom, found);
        PlaceChecks.Find(node, custom, found);
    }

    private static void Storms(CheckedNode node, Findings found)
    {
        foreach (var problem in TriggerPolicy.Of(null, node.Activity).Problems)
            found.Error("bad-policy", node.Id, problem.Field, $"'{problem.Field}' of {node.Title} {problem.Message}.", problem.Fix);
    }

    private static void Policy(CheckedNode node, PolicyReading reading, Findings found)
    {
        foreach (var problem in reading.Problems)
            found.Error("bad-policy", node.Id, problem.Field, $"'{problem.Field}' of {node.Title} {problem.Message}.", problem.Fix);
        var (retries, timeout) = (reading.Policy.Retries is not null, reading.Policy.TimeoutSeconds is not null);
        if ((retries || timeout) && IsContainer(node))
            found.Warn("policy-of-container", node.Id, retries ? "faultPolicy.retries" : "faultPolicy.timeoutSeconds", $"{node.Title} is a container: its {(retries ? "retries" : "time limit")} do not reach what is inside it.", "Set them on the activities inside.");
    }

    private static void Passes(CheckedNode node, JsonObject custom, Findings found)
    {
        if (custom["maxParallel"] is { } most)
        {
            if (PassPolicy.MaxParallelOf(most) is null) found.Error("bad-policy", node.Id, "maxParallel", $"'maxParallel' of {node.Title} must be a whole number of at least 1.", "Say how many passes may run at once, or remove it.");
            if (node.Activity.Type != "Elsa.ParallelForEach") found.Warn("unused-policy", node.Id, "maxParallel", $"'maxParallel' does nothing at {node.Title}.", "It belongs to a For each in parallel.");
        }
        if (custom["minSuccessShare"] is not { } share) return;
        if (PassPolicy.MinSuccessShareOf(share) is null) found.Error("bad-policy", node.Id, "minSuccessShare", $"'minSuccessShare' of {node.Title} must be a number from 0 to 1.", "Say which share of the passes must succeed, or remove it.");
        if (node.Activity.Type is not ("Elsa.ForEach" or "Elsa.ParallelForEach")) found.Warn("unused-policy", node.Id, "minSuccessShare", $"'minSuccessShare' does nothing at {node.Title}.", "It belongs to a For each.");
    }

    private static bool IsContainer(CheckedNode node) => node.IsWorkflow || node.Descriptor?.Slots.Count > 0;
}
