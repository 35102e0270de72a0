using Flows.Designer.Canvas;

namespace Flows.Tests.Designer;

public sealed class FarDrawingTests
{
    private static readonly FarLook Box = new("box", ""), Line = new("line", "");

    [Fact]
    public void Hundreds_of_nodes_are_a_few_paths_each_with_its_box()
    {
        var session = Draft.Session([.. Enumerable.Repeat("Elsa.WriteLine", 450)]);

        var drawing = FarDrawing.Of(session.Graph, _ => Box, _ => Line);

        Assert.InRange(drawing.Nodes.Count(), 2, 9);
        Assert.Equal(450, drawing.Nodes.Sum(path => path.Shape.Count(letter => letter == 'M')));
        Assert.Contains("M300 0h210v46h-210z", drawing.Nodes.First().Shape);
    }

    [Fact]
    public void Wires_are_straight_lines_and_what_stands_apart_is_left_out()
    {
        var session = Draft.Session("Elsa.Start", "Elsa.WriteLine", "Elsa.End");
        session.Wire("start1/control/Done", "writeLine1/control/In");
        session.Wire("writeLine1/control/Done", "end1/control/In");

        var drawing = FarDrawing.Of(session.Graph, node => node.Id == "end1" ? FarLook.Apart : Box, wire => wire.Target == "end1" ? FarLook.Apart : Line);

        Assert.Equal("M210 23L300 23", Assert.Single(drawing.Wires).Shape);
        Assert.DoesNotContain("M600", Assert.Single(drawing.Nodes).Shape);
    }

    [Fact]
    public void Each_look_is_a_path_of_its_own()
    {
        var session = Draft.Session("Elsa.Start", "Elsa.WriteLine", "Elsa.End");

        var drawing = FarDrawing.Of(session.Graph, node => node.Id == "end1" ? new FarLook("faulted", "") : Box, _ => Line);

        Assert.Equal(["box", "faulted"], drawing.Nodes.Select(path => path.Class));
    }

    [Fact]
    public void A_change_draws_only_its_stretch_anew()
    {
        var session = Draft.Session([.. Enumerable.Repeat("Elsa.WriteLine", 450)]);
        var before = FarDrawing.Of(session.Graph, _ => Box, _ => Line);

        session.Move(["writeLine1"], 0, 500);
        var after = FarDrawing.Of(session.Graph, node => node.Id == "writeLine450" ? new FarLook("running", "") : Box, _ => Line, before);

        Assert.Contains("M0 500h", after.Nodes.First().Shape);
        Assert.Equal(before.Nodes.Count() + 1, after.Nodes.Count());
        Assert.Single(before.Nodes, path => after.Nodes.Any(other => ReferenceEquals(path, other)));
    }

    [Theory]
    [InlineData(5, -5, 5, 5, true)]
    [InlineData(20, -5, 20, 5, false)]
    [InlineData(0, 1, 10, 1, false)]
    public void A_cut_takes_the_lines_that_it_crosses(double x1, double y1, double x2, double y2, bool crosses) =>
        Assert.Equal(crosses, Curve.Cross((0, 0), (10, 0), (x1, y1), (x2, y2)));
}
