using System.Globalization;
using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Designer.Editing;

namespace Flows.Designer.Inspector;

/// <summary>Between a policy field of the form and its place in an activity's <c>customProperties</c>.</summary>
public static class PolicyValue
{
    /// <summary>The value at a field's path; null when nothing is said.</summary>
    public static JsonNode? Of(FlowActivity activity, string field)
    {
        JsonNode? at = activity.CustomProperties;
        foreach (var key in field.Split('.')) at = (at as JsonObject)?[key];
        return at;
    }

    /// <summary>Text for the editor: a list by lines or commas.</summary>
    public static string Text(FlowActivity activity, InputDescriptor field) => Of(activity, field.Name) switch
    {
        JsonArray list => string.Join(field.Editor == "lines" ? "\n" : ", ", list.Select(JsonReading.AsText)),
        var one => one.AsText() ?? "",
    };

    /// <summary>Why a text cannot be this field's value; null when it can.</summary>
    public static string? WhyNot(InputDescriptor field, string text) => FieldValue.WhyNot(field, text);

    /// <summary>
    /// The edit that sets the field. An emptied one goes, with those that mean nothing without it and with whatever would be left empty around it.
    /// </summary>
    public static FlowEdit Set(FlowActivity activity, IReadOnlyList<InputDescriptor> all, InputDescriptor field, string text)
    {
        var custom = (JsonObject)activity.CustomProperties.DeepClone();
        var value = Read(field, text);
        Put(custom, field.Name.Split('.'), value);
        if (value is null)
            foreach (var dependent in all.Where(other => other.Needs == field.Name)) Put(custom, dependent.Name.Split('.'), null);
        var top = field.Name.Split('.')[0];
        return new FlowEdit.SetProperty(activity.Id, ["customProperties", top], custom[top]?.DeepClone());
    }

    private static JsonNode? Read(InputDescriptor field, string text) => field.Type switch
    {
        _ when string.IsNullOrWhiteSpace(text) => null,
        "Boolean" => text == "true" ? JsonValue.Create(true) : null,
        "Int32" => JsonValue.Create(int.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture)),
        "Double" => JsonValue.Create(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture)),
        "String[]" => Lines(text, field.Editor == "lines" ? '\n' : ','),
        _ => JsonValue.Create(text.Trim()),
    };

    private static JsonArray? Lines(string text, char between)
    {
        var parts = text.Split(between, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 0 ? null : [.. parts.Select(part => (JsonNode?)JsonValue.Create(part))];
    }

    private static void Put(JsonObject owner, ReadOnlySpan<string> path, JsonNode? value)
    {
        if (path.Length > 1)
        {
            if (owner[path[0]] is not JsonObject inner) owner[path[0]] = inner = [];
            Put(inner, path[1..], value);
            if (inner.Count == 0) owner.Remove(path[0]);
        }
        else if (value is null) owner.Remove(path[0]);
        else owner[path[0]] = value;
    }
}
