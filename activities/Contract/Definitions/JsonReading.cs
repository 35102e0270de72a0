using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flows.Contract.Definitions;

/// <summary>Reading loosely written JSON without throwing: a value of another kind reads as absent.</summary>
public static class JsonReading
{
    public static string? Text(this JsonObject json, string name) =>
        json.TryGetPropertyValue(name, out var node) && node is JsonValue value && value.GetValueKind() == JsonValueKind.String
            ? value.GetValue<string>()
            : null;

    public static bool Flag(this JsonObject json, string name) => json.TryGetPropertyValue(name, out var node)
        && (node?.GetValueKind() == JsonValueKind.True || string.Equals(node.AsText(), "true", StringComparison.OrdinalIgnoreCase));

    public static double? Number(this JsonObject json, string name) => json.TryGetPropertyValue(name, out var node) ? node.AsNumber() : null;

    /// <summary>A number whatever .NET type made it: a value that was read and one that was built give the same.</summary>
    public static double? AsNumber(this JsonNode? node)
    {
        if (node is not JsonValue value || value.GetValueKind() != JsonValueKind.Number) return null;
        if (value.TryGetValue(out double number)) return number;
        return double.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out number) ? number : null;
    }

    public static int? Int(this JsonObject json, string name) =>
        json.Number(name) is { } number && number is >= int.MinValue and <= int.MaxValue ? (int)number : null;

    public static IEnumerable<JsonObject> Objects(this JsonObject json, string name) =>
        Unwrap(json[name]) is JsonArray list ? list.OfType<JsonObject>() : [];

    public static IReadOnlyList<string> Texts(this JsonObject json, string name) =>
        Unwrap(json[name]) is JsonArray list ? list.Select(AsText).OfType<string>().ToList() : [];

    /// <summary>A scalar as text, an object or array as JSON, null as null.</summary>
    public static string? AsText(this JsonNode? node) => node switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        JsonValue value when value.TryGetValue(out double number) && value.GetValueKind() == JsonValueKind.Number => NumberText(value, number),
        _ => node.ToJsonString(ContractJson.Options),
    };

    /// <summary>Elsa wraps collections as <c>{_type, items|values: [...]}</c>: the collection itself.</summary>
    public static JsonNode? Unwrap(JsonNode? node) => node is JsonObject wrapped && wrapped.ContainsKey("_type")
        ? wrapped["items"] ?? wrapped["values"] ?? wrapped["_items"] ?? node
        : node;

    private static string NumberText(JsonValue value, double number) =>
        value.TryGetValue(out long whole) ? whole.ToString(CultureInfo.InvariantCulture) : number.ToString("R", CultureInfo.InvariantCulture);
}
