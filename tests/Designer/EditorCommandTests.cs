using Bunit;
using Flows.Designer.Canvas;
using Flows.Designer.Inspector;
using Flows.Designer.Palette;
using Microsoft.Extensions.Time.Testing;

namespace Flows.Tests.Designer;

public sealed class EditorCommandTests : BunitContext
{
    public EditorCommandTests() => JSInterop.Mode = JSRuntimeMode.Loose;

    [Fact]
    public void Only_what_makes_sense_now_is_offered_and_the_menu_is_about_what_is_chosen()
    {
        var session = Draft.Session("Elsa.Start", "Elsa.End");
        session.Wire("start1/control/Done", "end1/control/In");

        session.Select(["start1"]);
        Assert.Contains("rename", Names(EditorCommands.Menu(session)));
        Assert.DoesNotContain("align-left", Names(EditorCommands.Menu(session)));
        Assert.DoesNotContain("redo", Names(EditorCommands.Now(session)));

        session.Selection.ChooseWire(session.Graph.Wires[0].Key);
        Assert.Equal(["splice", "remove"], Names(EditorCommands.Menu(session)));

        session.Select(["start1", "end1"]);
        Assert.Contains("align-left", Names(EditorCommands.Menu(session)));
    }

    [Fact]
    public void Nodes_are_aligned_and_distributed_as_one_edit_each()
    {
        var session = Draft.Session("Elsa.Start", "Elsa.WriteLine", "Elsa.End");
        session.Move(["writeLine1"], 90, 40);
        session.Select(["start1", "writeLine1", "end1"]);

        EditorCommands.Do(session, "align-top");
        EditorCommands.Do(session, "distribute-across");

        Assert.Equal([(0.0, 0.0), (300.0, 0.0), (600.0, 0.0)], session.Graph.Nodes.Select(node => (node.X, node.Y)));
        session.Undo();
        session.Undo();
        Assert.Equal((390, 40), session.Draft.Find("writeLine1")!.Position);
    }

    [Fact]
    public void Nodes_are_found_by_title_property_type_and_state()
    {
        var session = Draft.Session("Flows.FileSource", "Flows.SplitRows", "Elsa.Start");
        session.Apply(new Flows.Designer.Editing.FlowEdit.SetInput("fileSource1", "path", Flows.Contract.Definitions.FlowInput.Literal("String", "digits.csv")));

        Assert.Equal(["fileSource1"], NodeSearch.Find(session, "digits.csv").Select(node => node.Id));
        Assert.Equal(["splitRows1"], NodeSearch.Find(session, "type:split").Select(node => node.Id));
        Assert.Contains("splitRows1", NodeSearch.Find(session, "is:invalid").Select(node => node.Id));
        Assert.Equal(3, NodeSearch.Find(session, "is:unused").Count);
        Assert.Empty(NodeSearch.Find(session, "type:split digits.csv"));
    }

    [Fact]
    public void A_removed_nodes_id_is_not_given_again()
    {
        var session = Draft.Session("Flows.SplitRows");
        session.Select(["splitRows1"]);
        session.Remove();

        Assert.Equal("splitRows2", session.Add(session.Catalog.Find("Flows.SplitRows")!, 0, 0));
    }

    [Fact]
    public void Checks_wait_until_the_hand_rests()
    {
        var time = new FakeTimeProvider();
        var flow = Draft.Flow();
        using var session = new EditorSession(flow, Draft.Activities, time);
        session.Add(session.Catalog.Find("Flows.SplitRows")!, 0, 0);
        var before = session.Problems;

        time.Advance(TimeSpan.FromMilliseconds(200));
        session.Move(["splitRows1"], 50, 0);
        time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Same(before, session.Problems);

        time.Advance(TimeSpan.FromMilliseconds(150));
        Assert.Contains(session.Problems, problem => problem.ActivityId == "splitRows1");
    }

    [Fact]
    public void Variables_that_only_serve_a_wire_are_folded_away()
    {
        var session = Draft.Session("Flows.FileSource", "Flows.SplitRows");
        session.Wire("fileSource1/out/table", "splitRows1/in/rows");
        session.Apply(new Flows.Designer.Editing.FlowEdit.AddVariable(Flows.Contract.Definitions.FlowVariable.New("mine", "mine", "String").Json));

        var form = Render<FlowForm>(form => form.Add(f => f.Session, session));

        Assert.Equal("Wires (1)", form.Find("[data-part=wire-variables] summary").TextContent);
        Assert.False(form.Find("[data-part=wire-variables]").HasAttribute("open"));
        Assert.Single(form.FindAll("[aria-label='Name of the variable']"));
    }

    [Fact]
    public void The_sheet_of_keys_names_every_command_that_has_one()
    {
        var sheet = Render<KeySheet>();

        foreach (var command in EditorCommands.All.Where(command => command.Keys.Length > 0)) Assert.Contains(command.Keys, sheet.Markup);
    }

    [Fact]
    public void A_list_closes_when_the_focus_leaves_it()
    {
        var left = 0;
        var list = Render<QuickAdd>(add => add.Add(a => a.Find, _ => []).Add(a => a.Left, () => left++));

        list.Find("[data-part=quick-add]").FocusOut();

        Assert.Equal(1, left);
    }

    [Fact]
    public void A_title_is_cut_where_the_node_ends()
    {
        Assert.Equal("Not good enough", TextWidth.Cut("Not good enough", 152, 13));
        Assert.EndsWith("…", TextWidth.Cut("Not good enough", 152, 18));
        Assert.Equal("…", TextWidth.Cut("WWW", 20, 18));
    }

    private static IEnumerable<string> Names(IEnumerable<EditorCommand> commands) => commands.Select(command => command.Name);
}
