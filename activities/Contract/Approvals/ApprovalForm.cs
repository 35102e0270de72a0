using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Contract.Approvals;

/// <summary>What an answer has to say besides its choice: a list of fields, <c>[{"name": "reason", "type": "String", "required": true}]</c>.</summary>
public sealed class ApprovalForm
{
    private readonly List<string> _problems = [];

    private ApprovalForm(JsonNode? json) => Fields = json is null ? [] : Read(json);

    public IReadOnlyList<ApprovalField> Fields { get; }

    /// <summary>What is wrong with the form itself, each a sentence.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <param name="json">The list, or its JSON text.</param>
    public static ApprovalForm Of(JsonNode? json) => new(Parsed(json));

    /// <summary>What is wrong with filled-in values, each a sentence that names its field.</summary>
    public IReadOnlyList<string> WhyNot(JsonObject values) =>
    [
        .. Fields.Select(field => (field.Name, Why: field.WhyNot(values[field.Name]))).Where(found => found.Why is not null).Select(found => $"'{found.Name}' {found.Why}."),
        .. values.Where(value => Fields.All(field => field.Name != value.Key)).Select(value => $"The form has no field '{value.Key}'."),
    ];

    private List<ApprovalField> Read(JsonNode json)
    {
        if (json is not JsonArray list)
        {
            _problems.Add("The form must be a list of fields such as {\"name\": \"reason\", \"type\": \"String\"}.");
            return [];
        }
        var fields = list.Select(Field).OfType<ApprovalField>().ToList();
        foreach (var twice in fields.GroupBy(field => field.Name).Where(same => same.Count() > 1)) _problems.Add($"The form has two fields '{twice.Key}'.");
        return fields;
    }

    private ApprovalField? Field(JsonNode? json, int at)
    {
        try
        {
            if (json is JsonObject field && field.Text("name") is { Length: > 0 } name && (field.Text("type") ?? "String") is var type)
            {
                if (!ApprovalField.Types.Contains(type)) _problems.Add($"The form's field '{name}' has the type '{type}'; use {string.Join(", ", ApprovalField.Types)}.");
                return field.Deserialize<ApprovalField>(ContractJson.Options)! with { Type = type };
            }
            _problems.Add($"Field {at + 1} of the form has no name.");
        }
        catch (JsonException odd) { _problems.Add($"Field {at + 1} of the form cannot be read: {odd.Message}"); }
        return null;
    }

    private static JsonNode? Parsed(JsonNode? json)
    {
        if (json?.GetValueKind() != JsonValueKind.String) return JsonReading.Unwrap(json);
        if (string.IsNullOrWhiteSpace(json.GetValue<string>())) return null;
        try { return JsonNode.Parse(json.GetValue<string>()); }
        catch (JsonException) { return json; }
    }
}
