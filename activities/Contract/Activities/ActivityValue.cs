using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract.Artifacts;
using Flows.Contract.Definitions;

namespace Flows.Contract.Activities;

/// <summary>Values between flow files and activity properties: forgiving of text where a number is meant, never guessing.</summary>
internal static class ActivityValue
{
    public static JsonNode? ToJson(object? value) => value switch
    {
        null => null,
        JsonNode node => node.DeepClone(),
        Enum choice => JsonNamingPolicy.CamelCase.ConvertName(choice.ToString()),
        _ => JsonSerializer.SerializeToNode(value, value.GetType(), ContractJson.Options),
    };

    /// <summary>The value as the property's type, or null when it cannot be read so.</summary>
    public static object? Read(JsonNode value, Type wanted)
    {
        var type = Nullable.GetUnderlyingType(wanted) ?? wanted;
        var text = value.AsText();
        if (typeof(JsonNode).IsAssignableFrom(type)) return type.IsInstanceOfType(value) ? value.DeepClone() : null;
        if (type == typeof(string)) return text;
        if (type == typeof(Artifact)) return Artifact.From(value);
        if (type == typeof(bool)) return bool.TryParse(text, out var flag) ? flag : null;
        if (type.IsEnum) return Enum.TryParse(type, text, ignoreCase: true, out var choice) && Enum.IsDefined(type, choice) ? choice : null;
        if (typeof(IReadOnlyList<string>).IsAssignableFrom(type) || type.IsAssignableFrom(typeof(IReadOnlyList<string>))) return Texts(value);
        return IsNumber(type) ? Number(text, type) : Deserialized(value, type);
    }

    public static string AliasOf(Type wanted)
    {
        var type = Nullable.GetUnderlyingType(wanted) ?? wanted;
        if (type == typeof(Artifact)) return "File";
        if (type == typeof(string) || type.IsEnum) return "String";
        if (typeof(IEnumerable<string>).IsAssignableFrom(type)) return "String[]";
        return type.IsPrimitive || type == typeof(decimal) ? type.Name : "Object";
    }

    public static string EditorOf(Type wanted, bool hasChoices)
    {
        var type = Nullable.GetUnderlyingType(wanted) ?? wanted;
        if (hasChoices) return "choice";
        if (type == typeof(bool)) return "checkbox";
        if (IsNumber(type)) return "number";
        return AliasOf(type) is "Object" ? "json" : "text";
    }

    public static string Describe(Type wanted)
    {
        var type = Nullable.GetUnderlyingType(wanted) ?? wanted;
        if (type == typeof(bool)) return "true or false";
        if (type.IsEnum) return "one of " + string.Join(", ", Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName));
        if (type == typeof(Artifact)) return "an artifact (wire an output to it)";
        return IsNumber(type) ? type == typeof(int) || type == typeof(long) ? "a whole number" : "a number" : "a " + type.Name;
    }

    private static bool IsNumber(Type type) => type == typeof(int) || type == typeof(long) || type == typeof(double) || type == typeof(float) || type == typeof(decimal);

    private static object? Number(string? text, Type type)
    {
        if (!decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var wide) && type == typeof(double) ? wide : null;
        if (type == typeof(double)) return (double)number;
        if (type == typeof(float)) return (float)number;
        if (type == typeof(decimal)) return number;
        if (number != decimal.Truncate(number)) return null;
        if (type == typeof(long)) return number is >= long.MinValue and <= long.MaxValue ? (long)number : null;
        return number is >= int.MinValue and <= int.MaxValue ? (int)number : null;
    }

    // People write lists as JSON, by lines or by commas; all three read the same.
    private static List<string>? Texts(JsonNode value)
    {
        if (JsonReading.Unwrap(value) is JsonArray list) return [.. list.Select(JsonReading.AsText).OfType<string>()];
        if (value.GetValueKind() != JsonValueKind.String) return null;
        var text = value.GetValue<string>().Trim();
        if (text.StartsWith('[') && ParsedList(text) is { } parsed) return parsed;
        return [.. text.Split(['\n', ','], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
    }

    private static List<string>? ParsedList(string text)
    {
        try { return JsonNode.Parse(text) is JsonArray list ? [.. list.Select(JsonReading.AsText).OfType<string>()] : null; }
        catch (JsonException) { return null; }
    }

    private static object? Deserialized(JsonNode value, Type type)
    {
        try { return value.Deserialize(type, ContractJson.Options); }
        catch (JsonException) { return null; }
    }
}
