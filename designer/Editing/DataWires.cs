using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Designer.Editing;

/// <summary>Reads data wires off a flow: which outputs write which variables and which inputs read them.</summary>
public static class DataWires
{
    private static readonly HashSet<string> NoProperties =
        ["id", "nodeId", "type", "name", "version", "metadata", "customProperties", "connections", "variables", "activities"];

    public static IReadOnlyList<(string Output, string Variable)> Writes(FlowActivity activity) => Of(activity).Writes;

    public static IReadOnlyList<(string Input, string Variable)> Reads(FlowActivity activity) => Of(activity).Reads;

    /// <summary>Both in one go: opening a flow asks for them at every activity.</summary>
    public static (List<(string Input, string Variable)> Reads, List<(string Output, string Variable)> Writes) Of(FlowActivity activity)
    {
        var (reads, writes) = (new List<(string, string)>(), new List<(string, string)>());
        foreach (var (name, value) in activity.Json)
        {
            if (value is not JsonObject wrapped || NoProperties.Contains(name)) continue;
            if (wrapped["expression"] is not { } expression)
            {
                if ((wrapped["memoryReference"] as JsonObject)?.Text("id") is { } written) writes.Add((name, written));
            }
            else if (expression is JsonObject && FlowInput.Read(wrapped)?.VariableId is { } read) reads.Add((name, read));
        }
        return (reads, writes);
    }

    /// <summary>Variables of the flow and of every container in it.</summary>
    public static IEnumerable<FlowVariable> Variables(FlowDraft draft) =>
        draft.Flow.Variables.Concat(draft.Index.All.Where(activity => activity.Json["variables"] is not null).SelectMany(activity => activity.Variables));

    /// <summary>Variables of the flow that only carry what one node hands to another; nobody has to declare or read them.</summary>
    /// <param name="written">Ids of the variables that outputs write.</param>
    public static IEnumerable<FlowVariable> Carriers(FlowDefinition flow, IReadOnlySet<string> written) =>
        flow.Variables.Where(variable => variable.Id.StartsWith("wire-", StringComparison.Ordinal) || variable.TypeName == "Artifact"
            || (variable.Value is null && (written.Contains(variable.Id) || written.Contains(variable.Name))));

    /// <summary>Whether any expression mentions the variable's name.</summary>
    public static bool IsSpokenOf(FlowDraft draft, string name) =>
        draft.Index.All.SelectMany(activity => activity.Json.Where(property => !NoProperties.Contains(property.Key)))
            .Select(property => FlowInput.Read(property.Value))
            .Any(input => input is { ExpressionType: not (ExpressionTypes.Literal or ExpressionTypes.Variable) }
                && input.Value.AsText()?.Contains(name, StringComparison.OrdinalIgnoreCase) == true);
}
