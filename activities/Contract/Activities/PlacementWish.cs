using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Contract.Activities;

/// <summary>
/// Where and when a step wants to be carried out, in its activity's <c>customProperties</c>:
/// <c>placement {"labels": ["gpu"]}</c>, <c>priority</c>, <c>concurrency {"key": "licence", "limit": 2}</c>.
/// A value that makes no sense counts as absent here; the checks name it.
/// </summary>
/// <param name="Labels">Labels that a runner must have, all of them, in lower case; none: any runner will do.</param>
/// <param name="Priority">Higher goes first. Default 0.</param>
/// <param name="Concurrency">Null: as many at once as the runners take.</param>
public sealed record PlacementWish(IReadOnlyList<string> Labels, int Priority, ConcurrencyLimit? Concurrency)
{
    public static PlacementWish Of(FlowActivity activity)
    {
        var custom = activity.Json["customProperties"] as JsonObject ?? [];
        return new PlacementWish(LabelsOf(custom["placement"]), PriorityOf(custom["priority"]), ConcurrencyOf(custom["concurrency"] as JsonObject));
    }

    public static int PriorityOf(JsonNode? json) => json.AsNumber() is { } number ? (int)Math.Clamp(number, -PolicyFields.MostPriority, PolicyFields.MostPriority) : 0;

    /// <summary>What <see cref="IsLabel"/> asks for, in words.</summary>
    public const string LabelRule = "one is 1 to 64 letters, digits, '.', '-' and '_'";

    /// <summary>What a runner may be labelled with: 1 to 64 letters, digits, dots, dashes and underscores.</summary>
    public static bool IsLabel(string text) => text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static string[] LabelsOf(JsonNode? placement) => placement is not JsonObject wanted || wanted["labels"] is not JsonArray labels ? [] :
        [.. labels.Where(label => label?.GetValueKind() == JsonValueKind.String).Select(label => label!.GetValue<string>().Trim().ToLowerInvariant()).Distinct().Order(StringComparer.Ordinal)];

    private static ConcurrencyLimit? ConcurrencyOf(JsonObject? wanted) =>
        wanted?.Text("key")?.Trim() is { Length: > 0 } key ? new ConcurrencyLimit(key, (int)Math.Clamp(wanted["limit"].AsNumber() ?? 1, 1, int.MaxValue)) : null;
}

/// <summary>At most <paramref name="Limit"/> steps with the same key run at once, over all runs and runners.</summary>
public sealed record ConcurrencyLimit(string Key, int Limit);
