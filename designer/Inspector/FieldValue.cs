using System.Globalization;
using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Contract.Secrets;

namespace Flows.Designer.Inspector;

/// <summary>Between what a field of the form holds (text) and what the flow file holds (a wrapped input).</summary>
public static class FieldValue
{
    /// <summary>Kinds of expression that a person may choose, by the name in the file.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [ExpressionTypes.Literal, ExpressionTypes.JavaScript, ExpressionTypes.Liquid, ExpressionTypes.Variable, ExpressionTypes.Input];

    /// <summary>Those that a field offers: a secret only where nothing is kept of it.</summary>
    public static IReadOnlyList<string> KindsOf(InputDescriptor field) => field.TakesSecret ? [.. Kinds, ExpressionTypes.Secret] : Kinds;

    /// <summary>Text for the editor; the default shows as empty so that it can be seen as a placeholder.</summary>
    public static string Text(FlowInput? input) => input?.Value switch
    {
        null => "",
        _ when input.ExpressionType == ExpressionTypes.Secret => SecretUse.NameIn(input),
        JsonObject reference when input.ExpressionType is ExpressionTypes.Variable or ExpressionTypes.Input => reference.Text("id") ?? reference.Text("name") ?? "",
        var value => value.AsText() ?? "",
    };

    /// <returns>Null when the field was emptied: the property goes and the default holds.</returns>
    public static JsonNode? Wrap(InputDescriptor field, string kind, string text)
    {
        if (text.Length == 0) return null;
        return kind == ExpressionTypes.Literal ? FlowInput.Literal(field.Type, Literal(field, text)) : FlowInput.Wrap(field.Type, kind, text);
    }

    public static JsonNode ReadVariable(FlowVariable variable) => FlowInput.ReadVariable(variable);

    /// <summary>Why a text cannot be this field's value; null when it can.</summary>
    public static string? WhyNot(InputDescriptor field, string text)
    {
        if (text.Length == 0 || !IsNumber(field.Type)) return null;
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return $"'{text}' is not a number.";
        if (field.Minimum is { } least && number < least) return $"At least {least.ToString(CultureInfo.InvariantCulture)}.";
        if (field.Maximum is { } most && number > most) return $"At most {most.ToString(CultureInfo.InvariantCulture)}.";
        return IsWhole(field.Type) && number != Math.Floor(number) ? "A whole number is needed." : null;
    }

    public static bool IsNumber(string type) => IsWhole(type) || type is "Double" or "Single" or "Decimal";

    private static bool IsWhole(string type) => type is "Int32" or "Int64";

    /// <summary>A text as the JSON that the field's type asks for.</summary>
    public static JsonNode? Literal(InputDescriptor field, string text)
    {
        if (field.Type == "Boolean") return bool.TryParse(text, out var flag) ? flag : text;
        if (IsWhole(field.Type) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return whole;
        if (IsNumber(field.Type) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return number;
        return text;
    }
}
