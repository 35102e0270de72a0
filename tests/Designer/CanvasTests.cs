using System.Diagnostics;
using Flows.Designer.Canvas;
using Flows.Designer.Editing;
using Flows.Designer.Palette;

namespace Flows.Tests.Designer;

public sealed class CanvasTests
{
    [Fact]
    public void Pasting_gives_new_ids_and_keeps_the_wires_between_what_was_copied()
    {
        var session = Draft.Session("Flows.FileSource", "Flows.SplitRows", "Flows.TrainModel");
        session.Wire("fileSource1/out/table", "splitRows1/in/rows");
        session.Wire("splitRows1/out/train", "trainModel1/in/rows");
        session.Select(["splitRows1", "trainModel1"]);

        session.Paste(session.Copy());

        Assert.Equal(["splitRows2", "trainModel2"], session.Selection.Nodes.Order());
        var wire = Assert.Single(session.Graph.Wires, wire => wire.Kind == WireKind.Data && wire.Target == "trainModel2");
        Assert.Equal("splitRows2", wire.Source);
        Assert.Contains(session.Graph.Wires, w => w.Kind == WireKind.Control && w.Source == "splitRows2" && w.Target == "trainModel2");
        Assert.Equal(3, session.Draft.Flow.Variables.Select(v => v.Id).Distinct().Count());
    }

    [Fact]
    public void What_is_pasted_can_come_from_another_flow_or_be_a_whole_one()
    {
        var from = Draft.Session("Flows.FileSource", "Flows.SplitRows");
        from.Wire("fileSource1/out/table", "splitRows1/in/rows");
        var into = Draft.Session("Elsa.Start");

        into.Paste(from.Json());
        into.Paste("no flow at all");

        Assert.Equal(3, into.Graph.Nodes.Count);
        Assert.Single(into.Graph.Wires, wire => wire.Kind == WireKind.Data);
    }

    [Fact]
    public void Only_what_is_near_the_viewport_or_selected_is_drawn()
    {
        var session = Draft.Session([.. Enumerable.Repeat("Elsa.WriteLine", 40)]);
        var seen = new Viewport(0, 0, 1000, 600, 1);

        var drawn = Culling.Nodes(session.Graph, seen.Grown, new HashSet<string> { "writeLine40" });

        Assert.InRange(drawn.Count, 4, 8);
        Assert.Contains(drawn, node => node.Id == "writeLine40");
        Assert.True(Culling.Covers(seen.Grown, seen with { X = 400 }));
        Assert.False(Culling.Covers(seen.Grown, seen with { X = 600 }));
        Assert.False(Culling.Covers(seen.Grown, new Viewport(0, 0, 400, 240, 2.5)));
    }

    [Fact]
    public void A_node_that_an_edit_left_alone_stays_the_same_object()
    {
        var session = Draft.Session("Elsa.Start", "Elsa.WriteLine");
        var (start, line) = (session.Graph.Find("start1"), session.Graph.Find("writeLine1"));

        session.Wire("start1/control/Done", "writeLine1/control/In");
        session.Move(["writeLine1"], 40, 0);

        Assert.Same(start, session.Graph.Find("start1"));
        Assert.NotSame(line, session.Graph.Find("writeLine1"));
        var wire = session.Graph.Wires[0];
        session.Add(session.Catalog.Find("Elsa.End")!, 600, 300);
        Assert.Same(wire, session.Graph.Wires[0]);
    }

    [Fact]
    public void Arrows_walk_along_wires()
    {
        var session = Draft.Session("Elsa.Start", "Elsa.WriteLine", "Elsa.End");
        session.Wire("start1/control/Done", "end1/control/In");

        Assert.Equal("end1", Neighbours.Next(session.Graph, "start1", 1, 0));
        Assert.Equal("writeLine1", Neighbours.Next(session.Graph, "end1", -1, 0) is "start1" ? "writeLine1" : "");
        Assert.Equal("start1", Neighbours.Next(session.Graph, null, 1, 0));
    }

    [Fact]
    public void Moving_snaps_to_tens_and_a_move_of_nothing_is_no_edit()
    {
        var session = Draft.Session("Elsa.Start");
        session.Move(["start1"], 13, 26);
        Assert.Equal((10, 30), session.Draft.Find("start1")!.Position);

        var revision = session.Draft.Revision;
        session.Move(["start1"], 2, 2);
        Assert.Equal(revision, session.Draft.Revision);
    }

    [Fact]
    public void A_body_can_be_entered_filled_and_left()
    {
        var session = Draft.Session("Elsa.ForEach");

        session.Enter("forEach1", "body");
        session.Add(session.Catalog.Find("Elsa.WriteLine")!, 0, 0);
        Assert.Equal("writeLine1", Assert.Single(session.Graph.Nodes).Id);

        session.LeaveTo(0);
        Assert.Equal("forEach1", Assert.Single(session.Graph.Nodes).Id);
        Assert.Contains(session.Draft.Find("forEach1")!.SelfAndDescendants(), activity => activity.Id == "writeLine1");
    }

    [Fact]
    public void Search_puts_names_that_start_so_first()
    {
        var found = ActivitySearch.Find(Draft.Activities, "sp");

        Assert.Equal("Split rows", found[0].DisplayName);
        Assert.Empty(ActivitySearch.Find(Draft.Activities, "nothing like this"));
    }

    [Fact]
    public void A_thousand_nodes_are_pasted_and_drawn_in_a_moment()
    {
        var session = Draft.Session([.. Enumerable.Repeat("Flows.SplitRows", 10)]);
        var watch = Stopwatch.StartNew();
        while (session.Graph.Nodes.Count < 1000)
        {
            session.Select(session.Graph.Nodes.Select(node => node.Id));
            session.Paste(session.Copy());
        }
        Assert.InRange(watch.ElapsedMilliseconds, 0, 15_000);

        watch.Restart();
        session.Move(["splitRows1"], 50, 50);
        Assert.InRange(watch.ElapsedMilliseconds, 0, 500);
    }
}
