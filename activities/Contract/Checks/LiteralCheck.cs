using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cronos;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;

namespace Flows.Contract.Checks;

/// <summary>Says what is wrong with a literal for an input: type, range, choice, cron dialect.</summary>
internal static class LiteralCheck
{
    public sealed record LiteralFault(string Code, string Message, string Fix);

    public static LiteralFault? Fault(InputDescriptor input, JsonNode? value)
    {
        if (value.AsText() is not { } text || string.IsNullOrWhiteSpace(text)) return null;
        if (IsCron(input)) return Cron(text);
        if (input.IsPort && PortTypes.IsArtifact(input.Type) && value is JsonValue) return Mistyped("is typed in, where data is expected", "Wire an output to it.");
        if (input.Choices.Count > 0 && value?.GetValueKind() == JsonValueKind.String) return Choice(input, text);
        return input.Type switch
        {
            "Boolean" => bool.TryParse(text, out _) ? null : Mistyped($"must be true or false, not {Shown(text)}", "Choose true or false."),
            "Int16" or "Int32" or "Int64" => Number(input, text, whole: true),
            "Single" or "Double" or "Decimal" => Number(input, text, whole: false),
            "TimeSpan" => TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out _) ? null : Mistyped($"must be a duration, not {Shown(text)}", "Write hours:minutes:seconds, for example 00:05:00."),
            "DateTimeOffset" or "DateTime" => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _) ? null : Mistyped($"must be a time, not {Shown(text)}", "Write it as 2026-01-31T08:00:00Z."),
            _ => null,
        };
    }

    private static LiteralFault? Number(InputDescriptor input, string text, bool whole)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || double.IsNaN(number))
            return Mistyped($"must be a number, not {Shown(text)}", "Write a number, with a point before decimals.");
        if (whole && (number != Math.Floor(number) || double.IsInfinity(number))) return Mistyped($"must be a whole number, not {Shown(text)}", "Write it without decimals.");
        if (number >= (input.Minimum ?? double.NegativeInfinity) && number <= (input.Maximum ?? double.PositiveInfinity)) return null;
        var range = Range(input);
        return new LiteralFault("out-of-range", $"must be {range}, not {Shown(text)}", $"Choose a value {range}.");
    }

    private static string Range(InputDescriptor input)
    {
        var (low, high) = (input.Minimum?.ToString(CultureInfo.InvariantCulture), input.Maximum?.ToString(CultureInfo.InvariantCulture));
        return low is null ? $"at most {high}" : high is null ? $"at least {low}" : $"between {low} and {high}";
    }

    private static LiteralFault? Choice(InputDescriptor input, string text) => input.Choices.Contains(text, StringComparer.OrdinalIgnoreCase)
        ? null
        : Mistyped($"must be one of {string.Join(", ", input.Choices)}, not {Shown(text)}", "Choose one of them.");

    private static bool IsCron(InputDescriptor input) => input.Editor == "cron" || input.Name == "cronExpression";

    private static LiteralFault? Cron(string text)
    {
        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
        try
        {
            CronExpression.Parse(text, fields == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard);
            return null;
        }
        catch (CronFormatException broken)
        {
            return new LiteralFault("bad-cron", $"is not a cron expression: {broken.Message.TrimEnd('.')}", "Write 5 fields (minute hour day month weekday), or 6 with seconds first, for example 0 6 * * 1.");
        }
    }

    private static LiteralFault Mistyped(string message, string fix) => new("mistyped-input", message, fix);

    private static string Shown(string text) => text.Length > 60 ? $"'{text[..60]}…'" : $"'{text}'";
}
