using System.Globalization;
using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Contract.Backfills;

/// <summary>What a request comes to: partitions times variants. Also says what is wrong with it, all of it.</summary>
public sealed class BackfillPlan
{
    /// <summary>Most runs of one backfill.</summary>
    public const int MostCells = 50_000;

    private readonly List<string> _problems = [];

    private BackfillPlan(BackfillRequest request)
    {
        if (string.IsNullOrWhiteSpace(request.Input)) _problems.Add("'input' is missing: name the flow's input that gets the partition.");
        Partitions = PartitionsOf(request);
        Variants = VariantsOf(request);
        if ((long)Partitions.Count * Variants.Count > MostCells) _problems.Add($"That is {(long)Partitions.Count * Variants.Count} runs, more than {MostCells}.");
        if (request.MaxActive is < 1 or > 1000) _problems.Add("'maxActive' must be between 1 and 1000.");
        OneOf(request.Order, "order", "ascending", "descending");
        OneOf(request.OnFailure, "onFailure", "continue", "stop");
    }

    public IReadOnlyList<string> Partitions { get; }

    /// <summary>Values of the further inputs, by name.</summary>
    public IReadOnlyList<JsonObject> Variants { get; }

    public IReadOnlyList<string> Problems => _problems;

    public static BackfillPlan Of(BackfillRequest request) => new(request);

    /// <summary>How a variant is called: <c>depth 3, model tree</c>.</summary>
    public static string Title(JsonObject variant) => string.Join(", ", variant.Select(value => $"{value.Key} {value.Value.AsText()}"));

    private IReadOnlyList<string> PartitionsOf(BackfillRequest request)
    {
        if (request.Partitions is { } given)
        {
            if (request.From is not null || request.To is not null) _problems.Add("Give either 'partitions' or 'from' and 'to', not both.");
            if (given.Count == 0 || given.Any(string.IsNullOrWhiteSpace)) _problems.Add("'partitions' must be a list of texts, none of them empty.");
            if (given.Distinct().Count() < given.Count) _problems.Add("'partitions' names one partition twice.");
            return given;
        }
        var (from, to) = (Moment(request.From, "from"), Moment(request.To, "to"));
        OneOf(request.Step, "step", "hour", "day", "month");
        if (from is not { } first || to is not { } last) return [];
        if (first > last) _problems.Add("'from' must not be after 'to'.");
        return [.. Range(first, last, request.Step ?? "day").Take(MostCells + 1)];
    }

    private static IEnumerable<string> Range(DateTime first, DateTime last, string step)
    {
        for (var number = 0; ; number++)
        {
            // Counted from the first, so that the 31st does not become the 28th for good.
            var at = step switch { "hour" => first.AddHours(number), "month" => first.AddMonths(number), _ => first.AddDays(number) };
            if (at > last) yield break;
            yield return at.ToString(step == "hour" || at.TimeOfDay != TimeSpan.Zero ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd", CultureInfo.InvariantCulture);
        }
    }

    private DateTime? Moment(string? text, string name)
    {
        if (DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)) return at;
        _problems.Add($"'{name}' must be a date such as 2026-01-31 or a time such as 2026-01-31T08:00:00Z{(text is null ? "; or give 'partitions'" : $", not '{text}'")}.");
        return null;
    }

    private List<JsonObject> VariantsOf(BackfillRequest request)
    {
        var variants = new List<JsonObject> { new() };
        foreach (var (name, values) in request.Matrix ?? new Dictionary<string, IReadOnlyList<JsonNode?>>())
        {
            if (values is not { Count: > 0 }) _problems.Add($"'matrix.{name}' must be a list of values.");
            else if ((long)variants.Count * values.Count > MostCells) _problems.Add($"'matrix' has more than {MostCells} combinations.");
            else variants = [.. variants.SelectMany(variant => values.Select(value => With(variant, name, value)))];
            if (name == request.Input) _problems.Add($"'matrix' has the input '{name}' that gets the partition.");
        }
        return variants;
    }

    private static JsonObject With(JsonObject variant, string name, JsonNode? value)
    {
        var more = (JsonObject)variant.DeepClone();
        more[name] = value?.DeepClone();
        return more;
    }

    private void OneOf(string? value, string name, params string[] choices)
    {
        if (value is not null && !choices.Contains(value)) _problems.Add($"'{name}' must be one of {string.Join(", ", choices)}, not '{value}'.");
    }
}
