using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Designer.Editing;

/// <summary>Reads data wires off a flow: which outputs write which variables and which inputs read them.</summary>
public static class DataWires
{
    private static readonly HashSet<string> NoProperties =
        ["id", "nodeId", "type", "name", "version", "metadata", "customProperties", "connections", "variables", "activities"];

    public static IEnumerable<(string Output, string Variable)> Writes(FlowActivity activity) =>
        from property in activity.Json
        where !NoProperties.Contains(property.Key)
        let reference = (property.Value as JsonObject)?["memoryReference"] as JsonObject
        let variable = (property.Value as JsonObject)?["expression"] is null ? reference?.Text("id") : null
        where variable is not null
        select (property.Key, variable);

    public static IEnumerable<(string Input, string Variable)> Reads(FlowActivity activity) =>
        from property in activity.Json
        where !NoProperties.Contains(property.Key) && property.Value is JsonObject wrapped && wrapped["expression"] is JsonObject
        let variable = FlowInput.Read(property.Value)?.VariableId
        where variable is not null
        select (property.Key, variable);

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
