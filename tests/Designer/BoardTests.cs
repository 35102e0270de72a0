using Bunit;
using Flows.Designer.Canvas;
using Flows.Designer.Controls;

namespace Flows.Tests.Designer;

/// <summary>Notes, groups and disabled nodes.</summary>
public sealed class BoardTests : BunitContext
{
    [Fact]
    public void A_group_moves_folds_and_goes_without_its_nodes_and_every_step_is_undone()
    {
        var session = Draft.Session("Flows.FileSource", "Flows.SplitRows", "Flows.TrainModel");
        session.Wire("fileSource1/out/table", "splitRows1/in/rows");
        var start = session.Json();
        session.Select(["splitRows1", "trainModel1"]);

        session.Group();
        var group = Assert.Single(session.Graph.Groups);
        session.Move([group.Key], 40, 20);
        Assert.Equal((340, 20), session.Draft.Find("splitRows1")!.Position);
        session.ToggleFold();
        Assert.Equal(["fileSource1"], session.Graph.Shown.Select(node => node.Id));
        Assert.All(session.Graph.ShownWires, wire => Assert.Equal(("fileSource1", group.Key), (wire.DrawnFrom, wire.DrawnTo)));
        session.Ungroup();
        Assert.Equal(3, session.Graph.Shown.Count);

        for (var i = 0; i < 4; i++) session.Undo();
        Assert.Equal(start, session.Json());
    }

    [Fact]
    public void A_node_dropped_into_the_box_joins_and_a_removed_one_leaves()
    {
        var session = Draft.Session("Flows.FileSource", "Flows.SplitRows", "Flows.TrainModel");
        session.Select(["fileSource1", "splitRows1"]);
        session.Group();

        session.Move(["trainModel1"], -350, 10);
        Assert.Equal(["fileSource1", "splitRows1", "trainModel1"], session.Graph.Groups[0].Nodes);

        session.Select(["splitRows1", "trainModel1", "fileSource1"]);
        session.Remove();
        Assert.Empty(session.Graph.Groups);
        Assert.DoesNotContain("groups", session.Json());
    }

    [Fact]
    public void Notes_and_groups_go_through_the_clipboard()
    {
        var session = Draft.Session("Flows.FileSource", "Flows.SplitRows");
        session.Select(["fileSource1", "splitRows1"]);
        session.Group();
        session.AddNote(0, 300);
        session.Change(session.Graph.Notes[0] with { Text = "# Why" }, "Wrote");
        var into = Draft.Session();

        session.Select([session.Graph.Notes[0].Key, session.Graph.Groups[0].Key]);
        into.Paste(session.Copy());

        Assert.Equal("# Why", Assert.Single(into.Graph.Notes).Text);
        Assert.Equal(2, Assert.Single(into.Graph.Groups).Nodes.Count);
        into.Select([into.Graph.Notes[0].Key]);
        into.Remove();
        Assert.Empty(into.Graph.Notes);
    }

    [Fact]
    public void Disabling_is_a_toggle_over_all_that_is_selected()
    {
        var session = Draft.Session("Elsa.Start", "Elsa.WriteLine");
        session.Select(["start1"]);
        session.ToggleDisabled();
        session.Select(["start1", "writeLine1"]);

        session.ToggleDisabled();
        Assert.All(session.Graph.Nodes, node => Assert.True(node.IsDisabled));
        session.ToggleDisabled();
        Assert.All(session.Graph.Nodes, node => Assert.False(node.IsDisabled));
    }

    [Fact]
    public void Without_snapping_a_node_goes_where_it_is_put()
    {
        var session = Draft.Session("Elsa.Start");
        session.ToggleSnap();

        session.Move(["start1"], 13, 7);

        Assert.Equal((13, 7), session.Draft.Find("start1")!.Position);
    }

    [Fact]
    public void A_note_is_drawn_as_text_whatever_it_says()
    {
        var text = Render<MarkdownText>(m => m.Add(t => t.Text, "# Title\n<script>alert(1)</script> **bold** `code` [x](javascript:alert(1)) [ok](https://example.org)\n- one\n- two\n```\n<b>\n```"));

        Assert.Empty(text.FindAll("script, b"));
        Assert.Equal("https://example.org", Assert.Single(text.FindAll("a")).GetAttribute("href"));
        Assert.Equal(["one", "two"], text.FindAll(".md-item").Select(item => item.TextContent.Trim()));
        Assert.Equal("bold", text.Find("strong").TextContent);
    }

    [Fact]
    public void A_note_of_megabytes_is_cut_for_drawing()
    {
        var blocks = Markdown.Blocks(new string('x', 5_000_000));

        Assert.InRange(Assert.Single(blocks).Text.Length, 1, Markdown.Longest + 1);
    }
}
