using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;

namespace Flows.Designer.Editing;

/// <summary>One case of a switch: a control port and the expression that opens it.</summary>
public sealed record SwitchCase(string Label, string Kind, string Condition);

/// <summary>
/// Cases of a switch and branches of a fork. Their entries are control ports: wires follow a renamed entry and go with a removed one.
/// Written as Elsa does: <c>cases</c> a bare list, <c>branches</c> a wrapped Object that holds JSON text.
/// </summary>
public static class OutcomeLists
{
    public static IReadOnlyList<SwitchCase> Cases(FlowActivity activity) =>
        [.. from item in activity.Json.Objects("cases")
            let condition = item["condition"] as JsonObject
            select new SwitchCase(item.Text("label") ?? "", condition?.Text("type") ?? ExpressionTypes.JavaScript, condition?["value"].AsText() ?? "")];

    public static IReadOnlyList<string> Branches(FlowActivity fork) => FlowPorts.Outcomes(fork, new ActivityDescriptor { Type = fork.Type, DisplayName = fork.Type, Outcomes = [] });

    /// <summary>Why an entry cannot have this name; null when it can.</summary>
    public static string? WhyNot(IEnumerable<string> others, string name) =>
        name.Trim().Length == 0 ? "A name is needed." : others.Contains(name, StringComparer.Ordinal) ? $"There is already '{name}'." : null;

    public static FlowEdit AddCase(FlowActivity activity) =>
        WithCases(activity, "Added a case", list => list.Add(CaseJson(FreshName(Cases(activity).Select(c => c.Label), "Case "), ExpressionTypes.JavaScript, "false")));

    public static FlowEdit SetCondition(FlowActivity activity, int at, string kind, string condition) =>
        WithCases(activity, "Changed a condition", list => list[at]!["condition"] = Condition(kind, condition));

    public static FlowEdit RenameCase(FlowDraft draft, FlowActivity activity, int at, string label) =>
        Moved(draft, activity, Cases(activity)[at].Label, label, WithCases(activity, $"Renamed the case to {label}", list => list[at]!["label"] = label));

    public static FlowEdit RemoveCase(FlowDraft draft, FlowActivity activity, int at) =>
        Moved(draft, activity, Cases(activity)[at].Label, null, WithCases(activity, "Removed a case", list => list.RemoveAt(at)));

    public static FlowEdit AddBranch(FlowActivity fork) => WithBranches(fork, [.. Branches(fork), FreshName(Branches(fork), "Branch ")]);

    public static FlowEdit RenameBranch(FlowDraft draft, FlowActivity fork, int at, string name) =>
        Moved(draft, fork, Branches(fork)[at], name, WithBranches(fork, [.. Branches(fork).Select((branch, i) => i == at ? name : branch)]));

    public static FlowEdit RemoveBranch(FlowDraft draft, FlowActivity fork, int at) =>
        Moved(draft, fork, Branches(fork)[at], null, WithBranches(fork, [.. Branches(fork).Where((_, i) => i != at)]));

    private static FlowEdit WithCases(FlowActivity activity, string said, Action<JsonArray> change)
    {
        var list = new JsonArray([.. activity.Json.Objects("cases").Select(item => item.DeepClone())]);
        change(list);
        return new FlowEdit.Composite(said, [new FlowEdit.SetProperty(activity.Id, ["cases"], list)]);
    }

    private static FlowEdit WithBranches(FlowActivity fork, IReadOnlyList<string> names)
    {
        var text = new JsonArray([.. names.Select(name => (JsonNode)name)]).ToJsonString(Flows.Contract.ContractJson.Options);
        return new FlowEdit.SetInput(fork.Id, "branches", names.Count == 0 ? null : FlowInput.Wrap("String[]", ExpressionTypes.Object, text));
    }

    // The wires of the old port are taken off first: a port that is gone could not be named any more.
    private static FlowEdit.Composite Moved(FlowDraft draft, FlowActivity activity, string before, string? after, FlowEdit list)
    {
        var wires = draft.Index.ParentOf(activity.Id)?.Connections.Where(c => c.Source == activity.Id && c.SourcePort == before).ToList() ?? [];
        return new FlowEdit.Composite(list.Says,
        [
            .. wires.Select(wire => new FlowEdit.Disconnect(wire.Source, wire.SourcePort, wire.Target)),
            list,
            .. after is null ? [] : wires.Select(wire => new FlowEdit.Connect(wire.Source, after, wire.Target)),
        ]);
    }

    private static JsonObject CaseJson(string label, string kind, string condition) => new() { ["label"] = label, ["condition"] = Condition(kind, condition) };

    private static JsonObject Condition(string kind, string text) => new()
    {
        ["type"] = kind,
        ["value"] = kind == ExpressionTypes.Literal && bool.TryParse(text, out var flag) ? flag : text,
    };

    private static string FreshName(IEnumerable<string> names, string stem)
    {
        var taken = names.ToHashSet();
        var number = 1;
        while (taken.Contains(stem + number)) number++;
        return stem + number;
    }
}
