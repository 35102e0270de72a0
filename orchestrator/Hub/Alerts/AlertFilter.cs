using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Alerts;
using Flows.Contract.Definitions;

namespace Flows.Hub.Alerts;

/// <summary>Which alerts of its name start a flow: from a severity on, with all of some labels.</summary>
internal sealed class AlertFilter(JsonObject inputs)
{
    private const string SeverityField = "minSeverity";

    private const string LabelsField = "withLabels";

    public IReadOnlyList<PolicyProblem> Problems
    {
        get
        {
            var problems = new List<PolicyProblem>();
            if (Severity is { } severity && Rank(severity) < 0) problems.Add(new PolicyProblem(SeverityField, $"must be one of {string.Join(", ", Alert.Severities)}, not '{severity}'", "Choose one of them."));
            if (inputs[LabelsField].AsText() is { Length: > 0 } && LabelsOf(inputs[LabelsField]) is null) problems.Add(new PolicyProblem(LabelsField, "must be a JSON object of texts", """Write it as {"model": "digits"}, or leave it empty."""));
            return problems;
        }
    }

    /// <summary>An event that says nothing of severity is a warning.</summary>
    public bool Lets(JsonNode? payload)
    {
        var alert = payload as JsonObject ?? [];
        if (Severity is { } least && Rank(alert.Text("severity") ?? "warning") < Rank(least)) return false;
        var labels = LabelsOf(alert["labels"]) ?? [];
        return (LabelsOf(inputs[LabelsField]) ?? []).All(wanted => labels[wanted.Key].AsText() == wanted.Value.AsText());
    }

    private string? Severity => inputs.Text(SeverityField) is { Length: > 0 } severity ? severity : null;

    private static int Rank(string severity) => Alert.Severities.IndexOf(severity);

    private static JsonObject? LabelsOf(JsonNode? labels)
    {
        if (labels is JsonObject given) return given;
        try { return labels.AsText() is { Length: > 0 } text ? JsonNode.Parse(text) as JsonObject : null; }
        catch (JsonException) { return null; }
    }
}
