using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Contract.Approvals;

/// <summary>One thing to fill in with an answer.</summary>
/// <param name="Name">Key of the value in the answer.</param>
/// <param name="Type"><c>String, Int32, Double, Boolean</c>.</param>
public sealed record ApprovalField(string Name, string Type)
{
    public static IReadOnlyList<string> Types { get; } = ["String", "Int32", "Double", "Boolean"];

    /// <summary>What stands beside the field; the name when absent.</summary>
    public string? Label { get; init; }

    public string? Description { get; init; }

    public bool Required { get; init; }

    /// <summary>The only values that a text may have; none: any.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    public double? Minimum { get; init; }

    public double? Maximum { get; init; }

    public JsonNode? Default { get; init; }

    /// <summary>Why a value cannot be this field's; null when it can.</summary>
    public string? WhyNot(JsonNode? value)
    {
        if (value is null || value.GetValueKind() == JsonValueKind.String && string.IsNullOrWhiteSpace(value.GetValue<string>())) return Required ? "is missing" : null;
        return Type switch
        {
            "Boolean" => value.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? null : "must be true or false",
            "Int32" or "Double" => WhyNotNumber(value.AsNumber()),
            _ when value.GetValueKind() != JsonValueKind.String => "must be a text",
            _ => Choices.Count == 0 || Choices.Contains(value.GetValue<string>()) ? null : $"must be one of {string.Join(", ", Choices)}",
        };
    }

    private string? WhyNotNumber(double? number)
    {
        if (number is not { } given) return "must be a number";
        if (Type == "Int32" && given != Math.Floor(given)) return "must be a whole number";
        if (given < Minimum) return string.Create(CultureInfo.InvariantCulture, $"must be at least {Minimum}");
        return given > Maximum ? string.Create(CultureInfo.InvariantCulture, $"must be at most {Maximum}") : null;
    }
}
