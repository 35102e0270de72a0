using Flows.Contract.Activities;
using Flows.Contract.Definitions;

namespace Flows.Contract.Checks;

/// <summary>Loops that nothing ends and in which nothing waits: such a run is busy until somebody cancels it.</summary>
internal static class EndlessChecks
{
    public static void Find(ChartMap map, Findings found)
    {
        for (var knot = 0; knot < map.Knots.Count; knot++)
        {
            var members = map.Knots.Members[knot];
            if (!map.Knots.IsLoop(knot) || !map.IsReachable[members[0]] || !members.All(member => GoesOn(member, knot, map))) continue;
            var first = map.Node(members[0]);
            found.Warn("endless-loop", first.Id, null, $"{first.Title} is part of a loop that nothing leads out of and in which nothing waits: the run goes round until it is cancelled.", "Add a way out, or something that waits, such as a Delay.");
        }
    }

    /// <summary>A While whose condition is always true.</summary>
    public static void Find(CheckedNode node, Findings found)
    {
        if (node.Activity.Type != "Elsa.While" || node.MayStop || Constant(node.Activity.Input("condition")) != true) return;
        found.Warn("endless-loop", node.Id, "condition", $"{node.Title} repeats for ever: its condition is always true, and nothing in it breaks out or waits.", "Write a condition that ends, or put a Break or a Delay in its body.");
    }

    /// <summary>Something that waits, ends its flow or may do anything: loops with it are left alone.</summary>
    public static bool Stops(FlowActivity activity, ActivityDescriptor? descriptor) => descriptor is null || activity.RunAsynchronously || descriptor.Queue == ActivityDescriptor.Default
        || activity.Type is "Elsa.Delay" or "Elsa.StartAt" or "Elsa.Timer" or "Elsa.Cron" or "Elsa.Event" or "Elsa.RunTask" or "Elsa.HttpEndpoint" or "Flows.Approval"
            or "Elsa.ExecuteWorkflow" or "Elsa.DispatchWorkflow" or "Elsa.BulkDispatchWorkflows"
            or "Elsa.End" or "Elsa.Finish" or "Elsa.Complete" or "Elsa.Break" or "Elsa.Fault" or "Elsa.ReadLine";

    // Whatever its outcome, one of the connections that follow it stays in the loop.
    private static bool GoesOn(int member, int knot, ChartMap map)
    {
        var node = map.Node(member);
        if (node.MayStop || node.Outcomes is not { } outcomes) return false;
        var staying = map.Out[member].Where(edge => map.Knots.Of[map.To[edge]] == knot).Select(edge => map.Edges[edge].SourcePort ?? "Done").ToHashSet();
        if (node.Activity.Type == "Elsa.FlowFork") return staying.Count > 0;
        return Possible(node, outcomes).All(staying.Contains);
    }

    private static IEnumerable<string> Possible(CheckedNode node, IReadOnlyList<string> outcomes)
    {
        if (node.Activity.Type == "Elsa.FlowDecision" && Constant(node.Activity.Input("condition")) is { } known) return [known ? "True" : "False"];
        return outcomes.Where(outcome => outcome != StepPolicy.ErrorOutcome);
    }

    private static bool? Constant(FlowInput? input) => input switch
    {
        null => false,
        { ExpressionType: ExpressionTypes.Literal or ExpressionTypes.JavaScript } => bool.TryParse(input.Value.AsText()?.Trim().TrimEnd(';'), out var known) ? known : null,
        _ => null,
    };
}
