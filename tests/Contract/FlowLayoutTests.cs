using Flows.Contract.Definitions;
using Flows.Contract.Layout;
using Flows.Tests.Engine;
using Flows.Tests.Support;
using static Flows.Tests.Engine.FlowBuilder;

namespace Flows.Tests.Contract;

public sealed class FlowLayoutTests
{
    private static readonly Func<FlowActivity, (double Width, double Height)> Size = activity => (120 + activity.Id.Length * 10, activity.Id.Length % 2 == 0 ? 60 : 120);

    [Theory]
    [InlineData(1, 40)]
    [InlineData(2, 200)]
    [InlineData(3, 200)]
    public void Nodes_never_overlap(int seed, int nodes)
    {
        var chart = Random(seed, nodes, loops: true);

        var places = Boxes(chart);

        Assert.Equal(nodes, places.Count);
        for (var one = 0; one < places.Count; one++)
        {
            for (var two = one + 1; two < places.Count; two++) Assert.False(Overlap(places[one], places[two]), $"{places[one]} {places[two]}");
        }
    }

    [Fact]
    public void Connections_of_a_flow_without_loops_lead_to_the_right()
    {
        var chart = Random(7, 100, loops: false);

        var at = FlowLayout.Of(chart, Size);

        Assert.All(chart.Connections, wire => Assert.True(at[wire.Source].X < at[wire.Target].X));
    }

    [Fact]
    public void A_chain_lies_on_a_line()
    {
        var at = FlowLayout.Of(new FlowBuilder().Chain(Line("a"), Line("b"), Line("c")).Build().Root!, _ => (200, 60));

        Assert.Equal([(0.0, 0.0), (280.0, 0.0), (560.0, 0.0)], [at["a"], at["b"], at["c"]]);
    }

    [Fact]
    public void The_same_flow_lies_the_same_way() => Assert.Equal(FlowLayout.Of(Random(5, 80, loops: true), Size), FlowLayout.Of(Random(5, 80, loops: true), Size));

    [Fact]
    public void Branches_do_not_cross_without_need()
    {
        var at = FlowLayout.Of(new FlowBuilder().Add(Line("a"), Line("b"), Line("c"), Line("y"), Line("x")).Wire("a", "b").Wire("a", "c").Wire("b", "x").Wire("c", "y").Build().Root!, _ => (200, 60));

        Assert.Equal(at["b"].Y < at["c"].Y, at["x"].Y < at["y"].Y);
    }

    [Fact]
    public void Layout_grows_with_the_flow_and_not_with_its_square()
    {
        var (few, many) = (Random(11, 500, loops: true), Random(11, 5_000, loops: true));

        Assert.Equal(5_000, FlowLayout.Of(many, Size).Count);

        // Ten times the nodes: a quadratic step would take a hundred times.
        Assert.InRange(Growth.Of(() => FlowLayout.Of(few, Size), () => FlowLayout.Of(many, Size)), 0, 40);
    }

    [Fact]
    public void An_empty_flowchart_and_a_flow_without_chart_have_no_places()
    {
        Assert.Empty(FlowLayout.Of(new FlowBuilder().Build().Root!, Size));
        Assert.Empty(FlowLayout.Of(new FlowActivity(Line("a")), Size));
    }

    private static FlowActivity Random(int seed, int nodes, bool loops)
    {
        var random = new Random(seed);
        var flow = new FlowBuilder();
        for (var node = 0; node < nodes; node++)
        {
            flow.Add(Line("n" + node));
            if (node > 0) flow.Wire("n" + random.Next(Math.Max(0, node - 20), node), "n" + node);
            if (node > 2 && random.Next(3) == 0) flow.Wire("n" + random.Next(Math.Max(0, node - 20), node), "n" + node);
            if (loops && node > 5 && random.Next(10) == 0) flow.Wire("n" + node, "n" + random.Next(node));
        }
        return flow.Build().Root!;
    }

    private static List<(double X, double Y, double Width, double Height)> Boxes(FlowActivity chart)
    {
        var at = FlowLayout.Of(chart, Size);
        return chart.Children().Select(child => child.Activity).Select(activity => (at[activity.Id].X, at[activity.Id].Y, Size(activity).Width, Size(activity).Height)).ToList();
    }

    private static bool Overlap((double X, double Y, double Width, double Height) one, (double X, double Y, double Width, double Height) two) =>
        one.X < two.X + two.Width && two.X < one.X + one.Width && one.Y < two.Y + two.Height && two.Y < one.Y + one.Height;
}
