using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;

namespace Flows.Engine.Expressions;

/// <summary>Values between JSON and Elsa's type aliases. Whatever has no alias here passes as it is.</summary>
internal static class ValueConversion
{
    /// <summary>The start value of a variable: Elsa writes it as text, JSON text for arrays and objects.</summary>
    public static JsonNode? Initial(FlowVariable variable)
    {
        if (variable.Json["value"] is null) return null;
        var isArray = variable.Json.Flag("isArray");
        if (variable.Json["value"] is not JsonValue) return variable.Json["value"]!.DeepClone();
        if (variable.Value is not { } text || (text.Length == 0 && (isArray || variable.TypeName != "String"))) return null;
        try
        {
            return To(isArray ? variable.TypeName + "[]" : variable.TypeName, JsonValue.Create(text));
        }
        catch (ActivityFault)
        {
            return JsonValue.Create(text);
        }
    }

    /// <summary>The value of an Object expression: JSON, usually written as text.</summary>
    public static JsonNode? FromJsonText(JsonNode? value)
    {
        if (value is not JsonValue || value.GetValueKind() != JsonValueKind.String) return value?.DeepClone();
        var text = value.GetValue<string>();
        return string.IsNullOrWhiteSpace(text) ? null : Parsed(text) ?? JsonValue.Create(text);
    }

    /// <exception cref="ActivityFault">The value does not fit; the message says what was expected.</exception>
    public static JsonNode? To(string? typeName, JsonNode? value)
    {
        if (value is null || typeName is null) return value;
        var type = Short(typeName);
        if (type.EndsWith("[]", StringComparison.Ordinal)) return ToArray(type[..^2], value);
        if (Element(type) is { } element) return ToArray(element, value);
        return type switch
        {
            // A field that was emptied in a form is a field without a value.
            _ when IsScalar(type) && value.GetValueKind() == JsonValueKind.String && value.GetValue<string>().Length == 0 => null,
            "String" => value.GetValueKind() == JsonValueKind.String ? value : JsonValue.Create(value.AsText()),
            "Int32" or "Int64" or "Int16" or "Byte" or "UInt32" or "UInt64" => Whole(type, value),
            "Double" or "Single" or "Decimal" => Number(type, value),
            "Boolean" => Boolean(value),
            "HttpStatusCode" => StatusCode(value),
            "ObjectDictionary" or "JsonElement" or "JsonObject" => FromJsonText(value),
            "Object" => ObjectOf(value),
            _ when type.StartsWith("IDictionary<", StringComparison.Ordinal) || type.StartsWith("Dictionary<", StringComparison.Ordinal) => FromJsonText(value),
            _ => value,
        };
    }

    private static bool IsScalar(string type) => type is "Int32" or "Int64" or "Int16" or "Byte" or "UInt32" or "UInt64" or "Double" or "Single" or "Decimal" or "Boolean";

    // A literal object is often JSON text; plain text stays text.
    private static JsonNode ObjectOf(JsonNode value) => value.GetValueKind() == JsonValueKind.String
        && value.GetValue<string>().TrimStart() is { Length: > 1 } text && text[0] is '{' or '[' && Parsed(value.GetValue<string>()) is { } parsed ? parsed : value;

    private static JsonArray ToArray(string element, JsonNode value)
    {
        var parsed = FromJsonText(value);
        var items = parsed switch
        {
            JsonArray list => list.Select(item => item?.DeepClone()),
            JsonValue text when text.GetValueKind() == JsonValueKind.String && element != "Object" && text.GetValue<string>().Contains(',')
                => text.GetValue<string>().Split(',', StringSplitOptions.TrimEntries).Select(part => (JsonNode?)JsonValue.Create(part)),
            null => [],
            _ => [parsed.DeepClone()],
        };
        return [.. items.Select(item => To(element, item))];
    }

    private static JsonNode Whole(string type, JsonNode value)
    {
        var whole = Exact(value) ?? Rounded(type, value);
        if (type is "Int64" or "UInt32" or "UInt64") return JsonValue.Create(whole);
        return whole is >= int.MinValue and <= int.MaxValue ? JsonValue.Create((int)whole) : throw Misfit(type, value);
    }

    // A long may have more digits than a double keeps.
    private static long? Exact(JsonNode value) => value.GetValueKind() == JsonValueKind.Number
        && long.TryParse(value.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole : null;

    private static long Rounded(string type, JsonNode value)
    {
        var number = Parse(value) ?? throw Misfit(type, value);
        return Math.Abs(number) < 9.0e18 ? (long)Math.Round(number, MidpointRounding.ToEven) : throw Misfit(type, value);
    }

    private static JsonNode Number(string type, JsonNode value) => value.GetValueKind() == JsonValueKind.Number
        ? value
        : JsonValue.Create(Parse(value) ?? throw Misfit(type, value));

    private static JsonNode Boolean(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.True or JsonValueKind.False => value,
        JsonValueKind.Number => JsonValue.Create(value.AsNumber() != 0),
        JsonValueKind.String when bool.TryParse(value.GetValue<string>(), out var flag) => JsonValue.Create(flag),
        JsonValueKind.Object or JsonValueKind.Array => JsonValue.Create(true),
        _ => throw Misfit("Boolean", value),
    };

    // Elsa writes them by name: OK, NotFound.
    private static JsonNode StatusCode(JsonNode value) => Enum.TryParse<System.Net.HttpStatusCode>(value.AsText(), ignoreCase: true, out var code)
        ? JsonValue.Create((int)code)
        : throw Misfit("an HTTP status", value);

    private static double? Parse(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.Number => value.AsNumber(),
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        JsonValueKind.String when double.TryParse(value.GetValue<string>(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };

    private static ActivityFault Misfit(string type, JsonNode value)
    {
        var text = value.ToJsonString(ContractJson.Options);
        return new ActivityFault($"expected {type}, got {(text.Length > 80 ? text[..80] + "…" : text)}");
    }

    private static JsonNode? Parsed(string text)
    {
        try { return JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { MaxDepth = ContractJson.MaxDepth }); }
        catch (Exception broken) when (broken is JsonException or ArgumentException) { return null; }
    }

    private static string? Element(string type)
    {
        var open = type.IndexOf('<');
        if (open < 0 || !type.EndsWith('>')) return null;
        return type[..open] is "List" or "IList" or "ICollection" or "IEnumerable" or "HashSet" ? type[(open + 1)..^1] : null;
    }

    // "System.Int32, System.Private.CoreLib" and "Int32" are the same alias.
    private static string Short(string typeName)
    {
        var generic = typeName.IndexOf('<');
        var end = generic < 0 ? typeName.IndexOf(',') : -1;
        var name = end < 0 ? typeName : typeName[..end];
        return name.StartsWith("System.", StringComparison.Ordinal) && generic < 0 ? name[(name.LastIndexOf('.') + 1)..] : name;
    }
}
