using Flows.Designer.Canvas;

namespace Flows.Tests.Designer;

public sealed class SplicingTests
{
    [Fact]
    public void A_node_dropped_on_a_control_wire_comes_in_between_as_one_edit()
    {
        var session = Wired();

        var id = session.AddInto(session.Catalog.Find("Elsa.WriteLine")!, 100, 0, "Control|start1|Done|end1|In");

        Assert.Equal(["start1>writeLine1", "writeLine1>end1"], Arrows(session));
        Assert.Equal("writeLine1", id);
        session.Undo();
        Assert.Equal(["start1>end1"], Arrows(session));
    }

    [Fact]
    public void A_free_node_moved_onto_a_wire_comes_in_between_and_a_wired_one_only_moves()
    {
        var session = Wired();
        session.Add(session.Catalog.Find("Elsa.WriteLine")!, 0, 300);

        session.MoveInto("writeLine1", 100, -300, "Control|start1|Done|end1|In");
        Assert.Equal(["start1>writeLine1", "writeLine1>end1"], Arrows(session));

        session.MoveInto("writeLine1", 0, 100, "Control|start1|Done|writeLine1|In");
        Assert.Equal((100, 100), session.Draft.Find("writeLine1")!.Position);
        Assert.Equal(2, session.Graph.Wires.Count);
    }

    [Fact]
    public void A_node_without_a_way_out_is_not_put_into_a_wire()
    {
        var session = Wired();

        Assert.Null(session.AddInto(session.Catalog.Find("Elsa.Fault")!, 0, 0, "Control|start1|Done|end1|In"));

        Assert.Contains("no way out", session.Said);
        Assert.Equal(2, session.Graph.Nodes.Count);
    }

    [Fact]
    public void A_node_put_into_a_data_wire_takes_and_gives_the_data()
    {
        var session = Draft.Session("Flows.FileSource", "Flows.TrainModel");
        session.Wire("fileSource1/out/table", "trainModel1/in/rows");

        session.AddInto(session.Catalog.Find("Flows.SplitRows")!, 150, 0, "Data|fileSource1|table|trainModel1|rows");

        Assert.Equal(["fileSource1.table>splitRows1.rows", "splitRows1.train>trainModel1.rows"],
            session.Graph.Wires.Where(wire => wire.Kind == WireKind.Data).Select(wire => $"{wire.Source}.{wire.SourcePort}>{wire.Target}.{wire.TargetPort}").Order());
        Assert.Equal(["fileSource1>splitRows1", "splitRows1>trainModel1"], Arrows(session));
        session.Undo();
        Assert.Equal("trainModel1", Assert.Single(session.Graph.Wires, wire => wire.Kind == WireKind.Data).Target);
    }

    [Fact]
    public void Removing_with_Ctrl_closes_the_gap()
    {
        var session = Wired();
        session.AddInto(session.Catalog.Find("Elsa.WriteLine")!, 100, 0, "Control|start1|Done|end1|In");

        session.Remove(heal: true);

        Assert.Equal(["start1>end1"], Arrows(session));
    }

    [Fact]
    public void A_slice_cuts_control_and_data_as_one_edit()
    {
        var session = Draft.Session("Flows.FileSource", "Flows.SplitRows");
        session.Wire("fileSource1/out/table", "splitRows1/in/rows");
        Assert.Equal(2, session.Graph.Wires.Count);

        session.CutWires(session.Graph.Wires.Select(wire => wire.Key).Append("no such wire").ToList());

        Assert.Empty(session.Graph.Wires);
        session.Undo();
        Assert.Equal(2, session.Graph.Wires.Count);
    }

    private static EditorSession Wired()
    {
        var session = Draft.Session("Elsa.Start", "Elsa.End");
        session.Wire("start1/control/Done", "end1/control/In");
        return session;
    }

    private static IEnumerable<string> Arrows(EditorSession session) =>
        session.Graph.Wires.Where(wire => wire.Kind == WireKind.Control).Select(wire => $"{wire.Source}>{wire.Target}").Order();
}
