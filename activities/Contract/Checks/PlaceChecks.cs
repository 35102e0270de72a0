using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;

namespace Flows.Contract.Checks;

/// <summary>What an activity's customProperties say about its place, its turn and its cached result: values that make no sense, or do nothing here.</summary>
internal static class PlaceChecks
{
    private static readonly string[] Known = ["priority", "placement", "concurrency", "cache"];

    private static readonly Dictionary<string, InputDescriptor> Fields = PolicyFields
        .Of(new ActivityDescriptor { Type = "", DisplayName = "", Queue = ActivityDescriptor.Default, Cacheable = true })
        .Where(field => Known.Contains(field.Name.Split('.')[0])).ToDictionary(field => field.Name);

    public static void Find(CheckedNode node, JsonObject custom, Findings found)
    {
        foreach (var (name, value) in custom.Where(entry => Known.Contains(entry.Key) && entry.Value is not null))
        {
            if (name == "priority") Field(node, name, value!, found);
            else if (value is JsonObject parts) Parts(node, name, parts, found);
            else found.Error("bad-policy", node.Id, name, $"'{name}' of {node.Title} must be a JSON object.", "Set it in the form, or remove it.");
        }
    }

    private static void Parts(CheckedNode node, string name, JsonObject parts, Findings found)
    {
        foreach (var (part, value) in parts.Where(part => part.Value is not null)) Field(node, $"{name}.{part}", value!, found);
        if (name == "concurrency" && parts["key"] is null)
            found.Error("bad-policy", node.Id, "concurrency.key", $"'concurrency.key' of {node.Title} is missing.", "Name what the steps take turns at, or remove the limit.");
    }

    private static void Field(CheckedNode node, string name, JsonNode value, Findings found)
    {
        if (!Fields.TryGetValue(name, out var field)) found.Error("bad-policy", node.Id, name, $"'{name}' of {node.Title} is not known.", $"Use {string.Join(", ", Fields.Keys)}.");
        else if (Fault(field, value) is { } fault) found.Error("bad-policy", node.Id, name, $"'{name}' of {node.Title} {fault}.", "Correct it, or remove it.");
        else if (node.Descriptor is { } known && !node.Activity.RunAsynchronously && known.Policy.All(has => has.Name != name))
            found.Warn("unused-policy", node.Id, name, $"'{name}' does nothing at {node.Title}.", name.StartsWith("cache", StringComparison.Ordinal) ? "Its result is not kept; remove it." : "It belongs to a step that a runner carries out; remove it.");
    }

    private static string? Fault(InputDescriptor field, JsonNode value) => field.Type switch
    {
        "Boolean" => value.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? null : "must be true or false",
        "String" => string.IsNullOrWhiteSpace(Text(value)) ? "must be a text" : null,
        "String[]" => value is JsonArray list && list.All(one => Text(one) is { } label && PlacementWish.IsLabel(label.Trim())) ? null : $"must be a list of labels: {PlacementWish.LabelRule}",
        _ => IsInRange(field, value.AsNumber()) ? null : string.Create(CultureInfo.InvariantCulture, $"must be a {(field.Type == "Int32" ? "whole " : "")}number between {field.Minimum} and {field.Maximum}"),
    };

    private static bool IsInRange(InputDescriptor field, double? number) =>
        number >= field.Minimum && number <= field.Maximum && (field.Type != "Int32" || number == Math.Floor(number.Value));

    private static string? Text(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;
}
