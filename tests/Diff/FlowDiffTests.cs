using Flows.Contract.Definitions;
using Flows.Contract.Diff;
using Flows.Designer.Canvas;
using Flows.Designer.Editing;
using Flows.Tests.Designer;
using FsCheck.Xunit;

namespace Flows.Tests.Diff;

public sealed class FlowDiffTests
{
    [Property(MaxTest = 150)]
    public void A_flow_does_not_differ_from_itself_and_any_edit_that_changed_it_is_seen(byte[] edits)
    {
        var session = Begin();
        var before = session.Draft.Flow.Clone();
        foreach (var edit in edits) session.Draft.Apply(Edits.Of(session, edit));

        Assert.Empty(FlowDiff.Between(session.Draft.Flow, session.Draft.Flow.Clone()));
        var same = System.Text.Json.Nodes.JsonNode.DeepEquals(before.Json, session.Draft.Flow.Json);
        if (FlowDiff.Between(before, session.Draft.Flow).Count == 0) Assert.Equal(Bag(before), Bag(session.Draft.Flow));
        else Assert.False(same);
    }

    [Fact]
    public void Moving_is_told_apart_from_changing()
    {
        Assert.Equal([new FlowChange.Moved("splitRows1", (300, 0), (350, 0))], Changes(session => session.Move(["splitRows1"], 50, 0)));

        var changed = Assert.IsType<FlowChange.Changed>(Assert.Single(Changes(session => session.Apply(new FlowEdit.SetTitle("splitRows1", "Halves")))));
        Assert.Equal(("splitRows1", "metadata.displayText", "Halves"), (changed.Owner, changed.Path, changed.After!.GetValue<string>()));
    }

    [Fact]
    public void A_wire_that_leads_elsewhere_is_rewired()
    {
        var session = Begin();
        session.Wire("fileSource1/out/table", "splitRows1/in/rows");
        var before = session.Draft.Flow.Clone();
        session.Unwire("splitRows1/in/rows");
        session.Wire("fileSource1/out/table", "trainModel1/in/rows");

        var changes = FlowDiff.Between(before, session.Draft.Flow);

        var rewired = Assert.Single(changes.OfType<FlowChange.Rewired>(), change => change.After.IsData);
        Assert.Equal(("splitRows1", "trainModel1"), (rewired.Before.Target, rewired.After.Target));
        Assert.DoesNotContain(changes, change => change is FlowChange.Changed { Owner: not null });
    }

    [Fact]
    public void Nodes_that_came_and_went_are_named_with_what_stood_in_them()
    {
        var changes = Changes(session =>
        {
            session.Add(session.Catalog.Find("Elsa.ForEach")!, 0, 300);
            session.Enter("forEach1", "body");
            session.Add(session.Catalog.Find("Elsa.WriteLine")!, 0, 0);
        });

        Assert.Equal(["forEach1", "flowchart1", "writeLine1"], changes.OfType<FlowChange.NodeAdded>().Select(change => change.Id));
    }

    [Fact]
    public void Stamps_of_a_version_are_no_difference()
    {
        var flow = Begin().Draft.Flow;
        var saved = flow.Clone();
        (saved.Json["version"], saved.Json["isLatest"], saved.Json["id"]) = (7, true, "other");

        Assert.Empty(FlowDiff.Between(flow, saved));
    }

    private static IReadOnlyList<FlowChange> Changes(Action<EditorSession> edit)
    {
        var session = Begin();
        var before = session.Draft.Flow.Clone();
        edit(session);
        return FlowDiff.Between(before, session.Draft.Flow);
    }

    private static IEnumerable<string> Bag(FlowDefinition flow) =>
        flow.Activities().SelectMany(a => a.Connections.Select(c => c.ToString()).Append(a.Id)).Concat(flow.Variables.Select(v => v.Id)).Order();

    private static EditorSession Begin() => Draft.Session("Flows.FileSource", "Flows.SplitRows", "Flows.TrainModel");
}
