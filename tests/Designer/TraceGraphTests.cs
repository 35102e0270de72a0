using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Bunit;
using Flows.Contract.Provenance.Graphs;
using Flows.Designer.Provenance;

namespace Flows.Tests.Designer;

/// <summary>How a trace is drawn and how its facts are said.</summary>
public sealed class TraceGraphTests : BunitContext
{
    [Theory]
    [InlineData(3, 0, 1180)]
    [InlineData(16, 0.75 * 16 * TraceDrawing.Width, 16 * 400)]
    public void A_long_trace_is_scrolled_and_not_made_too_small_to_read(int things, double least, double most)
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        var nodes = Enumerable.Range(0, things).Select(i => new TraceNode(TraceKinds.Step, $"r.{i}") { Title = $"step {i}" }).ToList();
        var trace = new Trace(nodes[^1].Key) { Nodes = nodes, Links = [.. nodes.Zip(nodes.Skip(1), (from, to) => new TraceLink(from.Key, to.Key, "rows"))] };

        var drawing = Render<TraceGraph>(graph => graph.Add(one => one.Trace, trace)).Find("svg");

        var width = double.Parse(Regex.Match(drawing.GetAttribute("style")!, "min-width: ([0-9.]+)px").Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.InRange(width, least, most);
    }

    [Fact]
    public void Facts_with_parts_are_a_line_that_people_read()
    {
        var facts = JsonNode.Parse("""{"accuracy":0.97,"of":{"model":"digits","tags":["a","b"]},"nothing":null,"empty":[]}""")!;

        Assert.Equal("accuracy: 0.97, of: (model: digits, tags: a; b), empty: none", TraceWords.Line("metrics", facts));
        Assert.Equal("1 KB", TraceWords.Line("size", JsonValue.Create(1024L)));
        Assert.Equal("1.5 s of processor time, 1 KB of memory at most, 2 GB of GPU memory at most", TraceWords.Line("used", JsonNode.Parse("""{"cpuSeconds":1.5,"peakMemory":1024,"gpu":{"peakMemory":2147483648}}""")!));
        Assert.Equal("share: 0.5", TraceWords.Line("used", JsonNode.Parse("""{"share":0.5}""")!));
    }

    [Fact]
    public void Names_of_facts_and_the_verdict_are_words()
    {
        Assert.Equal(["Definition digest", "Finished at", "Flow"], new[] { "definitionDigest", "finishedAt", "flow" }.Select(TraceWords.Called));
        Assert.StartsWith("Nothing that it names is stored", TraceWords.Verdict(0));
        Assert.StartsWith("All 2 stored artifacts", TraceWords.Verdict(2));
    }
}
