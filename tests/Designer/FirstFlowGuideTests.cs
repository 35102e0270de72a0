using Bunit;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Designer.Canvas;
using Flows.Designer.Canvas.FirstFlow;
using Flows.Designer.Editing;

namespace Flows.Tests.Designer;

public sealed class FirstFlowGuideTests : BunitContext
{
    [Fact]
    public void Each_step_is_done_by_what_a_person_does_and_by_nothing_else()
    {
        var (session, guide) = (Draft.Session(), new FirstFlowGuide());
        string? Now(RunRecord? run = null, string? tab = "logs")
        {
            guide.Look(new GuideView(session, run, tab));
            return guide.Current?.Key;
        }

        Assert.Equal("add", Now());
        session.Add(session.Catalog.Find("Flows.SplitRows")!, 0, 0);
        // The share of rows has a value that nobody chose.
        Assert.Equal("set", Now());
        session.Apply(new FlowEdit.SetInput("splitRows1", "trainShare", FlowInput.Literal("Double", 0.7)));
        Assert.Equal("wire", Now());
        session.Add(session.Catalog.Find("Elsa.WriteLine")!, 300, 0);
        Assert.Equal("wire", Now());
        session.Apply(new FlowEdit.Connect("splitRows1", "Done", "writeLine1"));
        Assert.Equal("run", Now(tab: "lines"));
        Assert.Equal("look", Now(Run(RunStatus.Running), "lines"));
        Assert.Equal("look", Now(Run(RunStatus.Finished), "logs"));
        Assert.Equal("look", Now(Run(RunStatus.Finished), null));
        Assert.Null(Now(Run(RunStatus.Finished), "preview"));
    }

    [Fact]
    public void What_was_done_stays_done_and_much_at_once_counts_as_all_of_it()
    {
        var session = Draft.Session("Flows.FileSource", "Flows.SplitRows");
        session.Apply(new FlowEdit.SetInput("fileSource1", "path", FlowInput.Literal("String", "a.csv")));
        session.Wire("fileSource1/out/table", "splitRows1/in/rows");
        var guide = new FirstFlowGuide();

        Assert.True(guide.Look(new GuideView(session, null, null)));
        session.Apply(new FlowEdit.RemoveNodes(["fileSource1", "splitRows1"]));

        Assert.False(guide.Look(new GuideView(session, null, null)));
        Assert.Equal("run", guide.Current!.Key);
        Assert.Equal("run", new FirstFlowGuide(guide.Reached).Current!.Key);
    }

    [Fact]
    public void The_panel_says_the_step_to_those_who_do_not_see_it_and_can_be_left_and_taken_up_again()
    {
        var done = new List<string>();
        var panel = Render<GuidePanel>(p => p.Add(g => g.Guide, new FirstFlowGuide(1)).Add(g => g.Leave, () => done.Add("left")).Add(g => g.TakeUp, () => done.Add("taken up")).Add(g => g.Dismiss, () => done.Add("dismissed")));

        Assert.StartsWith("Step 2 of 5: Say what it does.", panel.Find("[role=status]").TextContent);
        panel.Find("[data-action=leave-guide]").Click();
        panel.Find("[data-action=dismiss-guide]").Click();
        panel.Render(p => p.Add(g => g.IsLeft, true));
        Assert.Equal("", panel.Find("[role=status]").TextContent);
        panel.Find("[data-action=take-up-guide]").Click();

        Assert.Equal(["left", "dismissed", "taken up"], done);
    }

    private static RunRecord Run(RunStatus status) => new() { Id = "r", DefinitionId = "drawn", Status = status };
}
