using System.Globalization;
using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;

namespace Flows.Hub.Triggers.Watches;

/// <summary>Fields that watched triggers share.</summary>
internal static class WatchFields
{
    private const double LongestSeconds = 24 * 3600;

    public static TimeSpan Duration(JsonObject inputs, string field, double otherwise) => TimeSpan.FromSeconds(Number(inputs, field) ?? otherwise);

    public static IEnumerable<PolicyProblem> Durations(JsonObject inputs, params string[] fields) => fields
        .Where(field => inputs[field].AsText() is { Length: > 0 } && Number(inputs, field) is not (>= 0 and <= LongestSeconds) || field == "pollSeconds" && Number(inputs, field) < 0.1)
        .Select(field => new PolicyProblem(field, FormattableString.Invariant($"must be a number of seconds, at most {LongestSeconds}"), "Choose a value in that range, or remove it."));

    private static double? Number(JsonObject inputs, string field) =>
        double.TryParse(inputs[field].AsText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
