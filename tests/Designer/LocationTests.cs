using System.Text.Json.Nodes;
using Flows.Designer.Canvas;
using Flows.Designer.Editing;

namespace Flows.Tests.Designer;

/// <summary>Going about in a flow, its code, and older versions of it.</summary>
public sealed class LocationTests
{
    [Fact]
    public void One_goes_to_a_node_in_a_body_and_back_and_forward()
    {
        var session = Draft.Session("Elsa.ForEach", "Elsa.End");
        session.Enter("forEach1", "body");
        session.Add(session.Catalog.Find("Elsa.WriteLine")!, 0, 0);
        session.LeaveTo(0);
        session.Select(["end1"]);

        Assert.Equal(["writeLine1"], NodeSearch.Find(session, "type:writeline").Select(node => node.Id));
        Assert.True(session.GoTo("writeLine1"));
        Assert.Equal((2, "writeLine1"), (session.Scopes.Count, session.Selection.Single));

        session.GoBack();
        Assert.Equal((1, "end1"), (session.Scopes.Count, session.Selection.Single));
        session.GoForward();
        Assert.Equal("writeLine1", session.Selection.Single);
        Assert.False(session.GoTo("nowhere"));
    }

    [Fact]
    public void Another_version_is_drawn_against_and_restored_as_one_edit()
    {
        var session = Draft.Session("Flows.FileSource", "Flows.SplitRows", "Flows.TrainModel");
        session.Wire("fileSource1/out/table", "splitRows1/in/rows");
        var old = session.Draft.Flow.Clone();
        old.Json["version"] = 1;
        session.Select(["splitRows1"]);
        session.Remove();
        session.Apply(new FlowEdit.SetTitle("trainModel1", "Learn"));
        session.Move(["fileSource1"], 50, 0);
        session.Add(session.Catalog.Find("Elsa.End")!, 900, 0);
        var now = session.Json();

        session.Compare(old);

        Assert.Equal(["moved", "changed", "added"], new[] { "fileSource1", "trainModel1", "end1" }.Select(session.Comparison!.MarkOf));
        Assert.Equal("splitRows1", Assert.Single(session.Comparison.Ghosts).Id);
        Assert.NotEmpty(session.Comparison.GhostWires);

        session.Restore(old, 1);
        Assert.Null(session.Comparison);
        Assert.Empty(Flows.Contract.Diff.FlowDiff.Between(old, session.Draft.Flow));
        session.Undo();
        Assert.Equal(now, session.Json());
    }

    [Fact]
    public void A_flow_without_a_root_does_not_replace_one()
    {
        var session = Draft.Session("Elsa.Start");
        var before = session.Json();

        Assert.NotNull(session.Apply(new FlowEdit.Replace([], "Code")));
        Assert.Equal(before, session.Json());

        var other = (JsonObject)session.Draft.Flow.Json.DeepClone();
        other["root"]!["id"] = "another";
        Assert.Null(session.Apply(new FlowEdit.Replace(other, "Code")));
        Assert.Equal("start1", Assert.Single(session.Graph.Nodes).Id);
    }
}
