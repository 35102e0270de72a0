using System.Text.Json.Nodes;
using Flows.Contract.Provenance.Graphs;

namespace Flows.Hub.Provenance;

/// <summary>A thing that is to be looked at.</summary>
/// <param name="Context">Where it was come from, when that narrows what it came from: the run that used an artifact, the version that a deployment served.</param>
internal sealed record TracePoint(string Kind, string Id, string? Context = null)
{
    public string Key => TraceNode.KeyOf(Kind, Id);

    /// <summary>It is what was asked for, and all of it is meant.</summary>
    public bool IsSubject { get; init; }
}

/// <summary>
/// A graph that grows a layer at a time, in one direction. Kinds put in what they read: nodes, links and what to look at next; each point
/// is looked at once.
/// </summary>
internal sealed class TraceWalk(bool isForward, TraceLimits limits)
{
    private readonly Dictionary<string, TraceNode> _nodes = [];
    private readonly HashSet<TraceLink> _links = [];
    private readonly HashSet<TracePoint> _seen = [];
    private readonly List<(string Step, string Artifact)> _passedOn = [];
    private List<TracePoint> _next = [];

    public bool IsForward { get; } = isForward;

    /// <summary>More was there than the limits allow.</summary>
    public bool IsCut { get; private set; }

    public IReadOnlyCollection<TraceNode> Nodes => _nodes.Values;

    public IReadOnlyCollection<TraceLink> Links => _links;

    /// <summary>What is said of a thing; what was said before stays where this says nothing.</summary>
    public void Say(TraceNode node)
    {
        if (!_nodes.TryGetValue(node.Key, out var known)) { _nodes[node.Key] = node; return; }
        foreach (var (name, value) in node.Facts) known.Facts[name] ??= value?.DeepClone();
        _nodes[node.Key] = known with { Title = known.Title.Length > 0 ? known.Title : node.Title, At = known.At ?? node.At, By = known.By ?? node.By };
    }

    public void Begin(TracePoint subject) => Look(subject);

    /// <summary>That one thing came of another; the one that lies in the direction of the walk is looked at next.</summary>
    public void Link(TracePoint from, TracePoint to, string role)
    {
        var target = IsForward ? to : from;
        if (!_nodes.ContainsKey(target.Key) && _nodes.Count >= limits.Nodes) { IsCut = true; return; }
        _links.Add(new TraceLink(from.Key, to.Key, role));
        foreach (var end in new[] { from, to }) if (!_nodes.ContainsKey(end.Key)) _nodes[end.Key] = new TraceNode(end.Kind, end.Id);
        Look(target);
    }

    /// <summary>A part of what was asked for: it is looked at whichever way the walk goes.</summary>
    public void Within(TracePoint whole, TracePoint part, string role)
    {
        if (!_nodes.ContainsKey(part.Key) && _nodes.Count >= limits.Nodes) { IsCut = true; return; }
        _links.Add(new TraceLink(whole.Key, part.Key, role));
        _nodes.TryAdd(part.Key, new TraceNode(part.Kind, part.Id));
        Look(part);
    }

    /// <summary>What is to be looked at now; empty at the end.</summary>
    public IReadOnlyList<TracePoint> TakeLayer(int depth)
    {
        var layer = _next;
        _next = [];
        if (layer.Count > 0 && depth > limits.Depth) { IsCut = true; return []; }
        return layer;
    }

    /// <summary>A step gives its run what it was given. The bytes are the same before and after it, and an artifact is one node: the links lead past it, or they would go in a circle.</summary>
    public void PassOn(TracePoint step, TracePoint artifact) => _passedOn.Add((step.Key, artifact.Key));

    /// <summary>Ends the walk.</summary>
    public void Settle()
    {
        foreach (var (step, artifact) in _passedOn)
        {
            var ofRun = step.Split('.')[0] + ".";
            _links.RemoveWhere(link => link.From == step && link.To == artifact);
            foreach (var link in _links.Where(link => link.From == artifact && link.To.StartsWith(ofRun, StringComparison.Ordinal)).ToList())
            {
                _links.Remove(link);
                _links.Add(link with { From = step });
            }
        }
    }

    private void Look(TracePoint point)
    {
        if (_seen.Add(point)) _next.Add(point);
    }

    internal static JsonObject Facts(params (string Name, JsonNode? Value)[] facts) =>
        new(facts.Where(fact => fact.Value is not null).Select(fact => KeyValuePair.Create(fact.Name, fact.Value)));
}

/// <param name="Depth">Layers from the subject, 1 to 200.</param>
/// <param name="Nodes">Nodes in all.</param>
internal sealed record TraceLimits(int Depth = 100, int Nodes = 5_000);
