using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Approvals;
using Flows.Contract.Definitions;

namespace Flows.Contract.Checks;

/// <summary>What an approval asks: options that differ, a default that is one of them, a form that can be filled in.</summary>
internal static class ApprovalChecks
{
    public static void Find(CheckedNode node, Findings found)
    {
        if (node.Activity.Type != Approval.ActivityType || node.Descriptor is not { } descriptor || FlowPorts.AreOpen(node.Activity)) return;
        var options = FlowPorts.OwnOutcomes(node.Activity, descriptor);
        if (options.Distinct().Count() < options.Count) found.Error("bad-approval", node.Id, "options", $"'Options' of {node.Title} names one option twice.", "Give every option a name of its own.");
        if (Literal(node, "defaultAnswer").AsText() is { Length: > 0 } answer && !options.Contains(answer))
            found.Error("bad-approval", node.Id, "defaultAnswer", $"'Answer at the deadline' of {node.Title} must be one of {string.Join(", ", options)}, not '{answer}'.", "Choose one of the options.");
        foreach (var problem in ApprovalForm.Of(Literal(node, "form")).Problems) found.Error("bad-approval", node.Id, "form", $"{node.Title}: {problem}", "Correct the form's JSON.");
    }

    private static JsonNode? Literal(CheckedNode node, string name) =>
        node.Activity.Input(name) is { ExpressionType: ExpressionTypes.Literal or ExpressionTypes.Object or ExpressionTypes.Json } input ? input.Value : null;
}
