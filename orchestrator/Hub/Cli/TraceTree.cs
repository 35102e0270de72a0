using System.Globalization;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Provenance.Graphs;
using Flows.Hub.Logs;

namespace Flows.Hub.Cli;

/// <summary>A trace as a tree for a terminal: below each thing what it came from, or what came of it; what was shown before is only named.</summary>
public static class TraceTree
{
    public static IEnumerable<string> Of(Trace trace)
    {
        var tree = new Branches(trace);
        foreach (var line in tree.Lines(trace.Subject, null, "", "")) yield return line;
        if (trace.IsCut) yield return "… there is more: --json has all, up to the limit";
        if (trace.Damaged is { } damaged) yield return damaged.Count == 0 ? $"Every artifact is what it was ({trace.Nodes.Count(node => node.Integrity is not null)} hashed)." : $"Damaged: {string.Join(", ", damaged)}";
    }

    private sealed class Branches(Trace trace)
    {
        private readonly Dictionary<string, TraceNode> _nodes = trace.Nodes.ToDictionary(node => node.Key);
        private readonly HashSet<string> _shown = [];
        private readonly ILookup<string, (string Next, string Role)> _next = trace.Direction == TraceDirection.Forward
            ? trace.Links.ToLookup(link => link.From, link => (link.To, link.Role))
            : trace.Links.ToLookup(link => link.To, link => (link.From, link.Role));

        public IEnumerable<string> Lines(string key, string? role, string lead, string below)
        {
            var isNew = _shown.Add(key);
            yield return OneLine.Of($"{lead}{(role is null ? "" : $"{role}: ")}{Said(_nodes[key])}{(isNew || !_next[key].Any() ? "" : "  (above)")}");
            if (!isNew) yield break;
            var next = _next[key].ToList();
            // A run's steps lead to it and from it: its parts are under it whichever way one goes.
            if (key == trace.Subject && next.Count == 0) next = [.. trace.Links.Where(link => link.From == key || link.To == key).Select(link => (link.From == key ? link.To : link.From, link.Role))];
            for (var i = 0; i < next.Count; i++)
                foreach (var line in Lines(next[i].Next, next[i].Role, below + (i < next.Count - 1 ? "├─ " : "└─ "), below + (i < next.Count - 1 ? "│  " : "   "))) yield return line;
        }
    }

    private static string Said(TraceNode node) => string.Join("  ", new[]
    {
        $"{node.Kind} {Name(node)}", Digest(node), Notes(node), node.At is { } at ? at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) : null, node.By is { } by ? $"by {by}" : null,
        node.Integrity is { } integrity and not TraceIntegrity.Whole ? $"!! {integrity.ToString().ToUpperInvariant()}" : null, node.Quarantine is { } bad ? $"!! QUARANTINE {bad}" : null,
    }.OfType<string>().Where(text => text.Length > 0));

    private static string Name(TraceNode node) => node.Title.Length > 0 && node.Title != node.Id ? node.Kind is TraceKinds.Run or TraceKinds.Step ? $"{node.Title} ({node.Id})" : node.Title : node.Id;

    private static string? Digest(TraceNode node) => node.Facts["sha256"] is JsonValue digest ? $"sha256:{digest}" : null;

    private static string Notes(TraceNode node) => node.Kind switch
    {
        TraceKinds.Step => Joined(node, "activity", "host", "seed", "fault") + Figures(node),
        TraceKinds.Run => Joined(node, "flow", "version", "status", "trigger"),
        TraceKinds.ModelVersion => Figures(node),
        TraceKinds.Prediction => Joined(node, "model", "version"),
        TraceKinds.Deployment => Joined(node, "endpoint"),
        TraceKinds.OutsideRun => Joined(node, "status", "namespace"),
        _ => "",
    };

    private static string Joined(TraceNode node, params string[] facts) => string.Join("  ", facts.Where(fact => node.Facts[fact] is not null).Select(fact => fact is "activity" or "endpoint" or "status" ? $"{node.Facts[fact]}" : $"{fact} {node.Facts[fact]}"));

    private static string Figures(TraceNode node) => node.Facts["metrics"] is JsonObject { Count: > 0 } metrics
        ? "  " + string.Join("  ", metrics.Take(4).Select(metric => $"{metric.Key} {metric.Value?.ToJsonString(ContractJson.Options)}"))
        : "";
}
