using System.Text.Json.Nodes;

namespace Flows.Hub.Sync;

/// <summary>The artifacts that a JSON value refers to, wherever in it.</summary>
internal static class NamedArtifacts
{
    public static IReadOnlyList<string> Of(JsonNode? value)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        Add(value, found);
        return [.. found];
    }

    private static void Add(JsonNode? value, SortedSet<string> found)
    {
        switch (value)
        {
            case JsonObject json:
                if (json["kind"] is JsonValue && json["sha256"] is JsonValue digest && digest.TryGetValue<string>(out var sha256)) found.Add(sha256);
                foreach (var (_, part) in json) Add(part, found);
                break;
            case JsonArray list:
                foreach (var part in list) Add(part, found);
                break;
        }
    }
}
