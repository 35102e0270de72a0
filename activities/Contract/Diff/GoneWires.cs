namespace Flows.Contract.Diff;

/// <summary>Wires that are there no more, found by either end; each is taken once, the first in the file's order.</summary>
internal sealed class GoneWires
{
    private readonly List<FlowWire> _wires;
    private readonly bool[] _taken;
    private readonly Dictionary<(bool, bool, string, string), Queue<int>> _byEnd = [];

    public GoneWires(List<FlowWire> wires)
    {
        (_wires, _taken) = (wires, new bool[wires.Count]);
        for (var at = 0; at < wires.Count; at++)
        {
            foreach (var end in Ends(wires[at])) (_byEnd.TryGetValue(end, out var queue) ? queue : _byEnd[end] = new Queue<int>()).Enqueue(at);
        }
    }

    /// <summary>Those that nobody took.</summary>
    public IEnumerable<FlowWire> All => _wires.Where((_, at) => !_taken[at]);

    /// <summary>A wire of the same kind that has an end with this one in common.</summary>
    public FlowWire? TakeLike(FlowWire wire)
    {
        var first = int.MaxValue;
        foreach (var end in Ends(wire)) first = Math.Min(first, First(end));
        if (first == int.MaxValue) return null;
        _taken[first] = true;
        return _wires[first];
    }

    private int First((bool, bool, string, string) end)
    {
        if (!_byEnd.TryGetValue(end, out var queue)) return int.MaxValue;
        while (queue.TryPeek(out var at))
        {
            if (!_taken[at]) return at;
            queue.Dequeue();
        }
        return int.MaxValue;
    }

    private static (bool, bool, string, string)[] Ends(FlowWire wire) =>
        [(wire.IsData, true, wire.Target, wire.TargetPort), (wire.IsData, false, wire.Source, wire.SourcePort)];
}
