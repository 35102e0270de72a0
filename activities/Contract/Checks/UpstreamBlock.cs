namespace Flows.Contract.Checks;

/// <summary>Asks for many variables of one flowchart at once whether a writer lies upstream: 64 in each pass over the connections.</summary>
internal sealed class UpstreamBlock(ChartMap map)
{
    private readonly List<int[]> _writers = [];
    private readonly List<(Reading Reading, int Child, int Bit)> _questions = [];

    public int Add(IEnumerable<int> writers)
    {
        _writers.Add(writers.Distinct().ToArray());
        return _writers.Count - 1;
    }

    public void Ask(Reading reading, int child, int bit) => _questions.Add((reading, child, bit));

    public IEnumerable<Pause> Answer(Action<Reading> upstream)
    {
        var byPass = _questions.ToLookup(question => question.Bit / 64);
        for (var pass = 0; pass * 64 < _writers.Count; pass++)
        {
            var (arriving, own) = Spread(pass * 64);
            foreach (var (reading, child, bit) in byPass[pass])
            {
                var knot = map.Knots.Of[child];
                var from = arriving[knot] | (map.Knots.IsLoop(knot) ? own[knot] : 0);
                if ((from >> (bit % 64) & 1) != 0) upstream(reading);
            }
            yield return default;
        }
    }

    private (ulong[] Arriving, ulong[] Own) Spread(int first)
    {
        var (arriving, own) = (new ulong[map.Knots.Count], new ulong[map.Knots.Count]);
        for (var bit = first; bit < Math.Min(first + 64, _writers.Count); bit++)
        {
            foreach (var writer in _writers[bit]) own[map.Knots.Of[writer]] |= 1UL << (bit - first);
        }
        for (var knot = 0; knot < map.Knots.Count; knot++)
        {
            var leaving = arriving[knot] | own[knot];
            if (leaving == 0) continue;
            foreach (var member in map.Knots.Members[knot])
            {
                foreach (var edge in map.Out[member])
                {
                    if (map.Knots.Of[map.To[edge]] is var next && next != knot) arriving[next] |= leaving;
                }
            }
        }
        return (arriving, own);
    }
}
