using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Hub.Runs;

namespace Flows.Hub.Triggers.Watches;

/// <summary>Names of things with a stamp that is another one when a thing has changed: files with size and time, objects with their ETag.</summary>
internal static class Listing
{
    /// <summary>Most things that one trigger watches.</summary>
    public const int Most = 50_000;

    /// <summary>Most changes that a payload lists; its count says how many there are.</summary>
    public const int MostListed = 1000;

    public static IReadOnlyList<ListingChange> Changes(JsonObject before, IReadOnlyDictionary<string, string> now, bool withRemoved)
    {
        var changes = new List<ListingChange>();
        foreach (var (name, stamp) in now)
        {
            if (!before.ContainsKey(name)) changes.Add(new ListingChange(name, "added", stamp));
            else if (before.Text(name) != stamp) changes.Add(new ListingChange(name, "changed", stamp));
        }
        if (withRemoved) changes.AddRange(before.Where(thing => !now.ContainsKey(thing.Key)).Select(thing => new ListingChange(thing.Key, "removed", "")));
        changes.Sort((one, other) => string.CompareOrdinal(one.Name, other.Name));
        return changes;
    }

    public static JsonObject ToJson(IReadOnlyDictionary<string, string> things) =>
        new(things.OrderBy(thing => thing.Key, StringComparer.Ordinal).Select(thing => KeyValuePair.Create(thing.Key, (JsonNode?)thing.Value)));

    /// <summary>The same changes after the same look have the same key, whoever finds them.</summary>
    public static string Key(long revision, IReadOnlyList<ListingChange> changes) =>
        $"{revision} {RunStore.Digest(string.Join('\n', changes.Select(change => $"{change.Name}\t{change.What}\t{change.Stamp}")))[..32]}";
}

/// <param name="What"><c>added, changed, removed</c>.</param>
internal sealed record ListingChange(string Name, string What, string Stamp);
