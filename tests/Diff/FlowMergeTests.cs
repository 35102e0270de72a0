using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Contract.Diff;
using Flows.Designer.Canvas;
using Flows.Designer.Editing;
using Flows.Tests.Designer;
using FsCheck.Xunit;

namespace Flows.Tests.Diff;

public sealed class FlowMergeTests
{
    [Property(MaxTest = 150)]
    public void What_only_one_side_changed_is_taken_and_what_both_changed_alike_is_taken_once(byte[] edits)
    {
        var (before, after) = (Start(), Edited(edits));

        foreach (var merged in new[] { FlowMerge.Of(before, before, after), FlowMerge.Of(before, after, before), FlowMerge.Of(before, after, after) })
        {
            Assert.True(merged.IsClean);
            Assert.Equal(after.Json.ToJsonString(), merged.Flow.Json.ToJsonString());
        }
    }

    [Property(MaxTest = 300)]
    public void Nothing_that_a_side_did_is_lost_without_being_told(byte[] mine, byte[] theirs)
    {
        var (before, one, other) = (Start(), Edited(mine), Edited(theirs));

        var merged = FlowMerge.Of(before, one, other);

        AssertKept(before, one, merged, id => merged.Renamed.GetValueOrDefault(id, id));
        AssertKept(before, other, merged, id => id);
        Assert.All(merged.Flow.Root!.Connections, wire => Assert.NotNull(merged.Flow.Find(wire.Source) ?? merged.Flow.Find(wire.Target)));
        Assert.Equal(merged.Flow.Activities().Count(), merged.Flow.Activities().Select(node => node.Id).Distinct().Count());
    }

    [Fact]
    public void Edits_of_different_nodes_and_properties_merge_by_themselves()
    {
        var (before, mine, theirs) = Three(
            session =>
            {
                session.Apply(new FlowEdit.SetTitle("splitRows1", "Halves"));
                session.Move(["trainModel1"], 100, 0);
                session.Wire("splitRows1/out/train", "trainModel1/in/rows");
            },
            session =>
            {
                session.Apply(new FlowEdit.SetInput("splitRows1", "trainShare", FlowInput.Literal("Double", 0.7)));
                session.Select(["fileSource1"]);
                session.Remove();
                session.Add(session.Catalog.Find("Flows.EvaluateModel")!, 900, 0);
            });

        var merged = FlowMerge.Of(before, mine, theirs);

        Assert.True(merged.IsClean);
        Assert.Equal(["evaluateModel1", "splitRows1", "trainModel1"], merged.Flow.Root!.Children().Select(child => child.Activity.Id).Order());
        Assert.Equal("Halves", merged.Flow.Find("splitRows1")!.Title);
        Assert.Equal(0.7, (double)merged.Flow.Find("splitRows1")!.Input("trainShare")!.Value!);
        Assert.Equal(700, merged.Flow.Find("trainModel1")!.Position!.Value.X);
        Assert.NotNull(merged.Flow.Find("trainModel1")!.Input("rows")!.VariableId);
    }

    [Fact]
    public void A_property_that_both_changed_is_a_conflict_that_either_side_can_win()
    {
        var (before, mine, theirs) = Three(
            session => session.Apply(new FlowEdit.SetInput("splitRows1", "trainShare", FlowInput.Literal("Double", 0.6))),
            session => session.Apply(new FlowEdit.SetInput("splitRows1", "trainShare", FlowInput.Literal("Double", 0.7))));

        var conflict = Assert.Single(FlowMerge.Of(before, mine, theirs).Conflicts);

        Assert.Equal(("splitRows1", "trainShare"), (conflict.Node, conflict.Path));
        Assert.Equal([0.6, 0.7], new[] { MergeSide.Mine, MergeSide.Theirs }
            .Select(side => (double)FlowMerge.Of(before, mine, theirs, _ => side).Flow.Find("splitRows1")!.Input("trainShare")!.Value!));
    }

    [Fact]
    public void A_node_that_one_side_removed_and_the_other_wired_stays_until_somebody_decides()
    {
        var (before, mine, theirs) = Three(
            session => { session.Select(["trainModel1"]); session.Remove(); },
            session => session.Wire("splitRows1/out/train", "trainModel1/in/rows"));

        var kept = FlowMerge.Of(before, mine, theirs);
        var removed = FlowMerge.Of(before, mine, theirs, _ => MergeSide.Mine);

        Assert.Equal("trainModel1", Assert.Single(kept.Conflicts).Node);
        Assert.NotNull(kept.Flow.Find("trainModel1"));
        Assert.Null(removed.Flow.Find("trainModel1"));
        Assert.Empty(removed.Flow.Root!.Connections);
    }

    [Fact]
    public void New_nodes_of_both_sides_that_got_the_same_id_are_both_kept()
    {
        var (before, mine, theirs) = Three(
            session =>
            {
                session.Add(session.Catalog.Find("Flows.SplitRows")!, 0, 300);
                session.Wire("splitRows2/out/train", "trainModel1/in/rows");
            },
            session => session.Add(session.Catalog.Find("Flows.SplitRows")!, 500, 300));

        var merged = FlowMerge.Of(before, mine, theirs);

        Assert.True(merged.IsClean);
        Assert.Equal("splitRows3", merged.Renamed["splitRows2"]);
        Assert.Equal(5, merged.Flow.Root!.Children().Count());
        Assert.Equal("splitRows3", Assert.Single(merged.Flow.Root!.Connections).Source);
        Assert.Equal(merged.Flow.Find("splitRows3")!.OutputTarget("train"), merged.Flow.Find("trainModel1")!.Input("rows")!.VariableId);
        Assert.Null(merged.Flow.Find("splitRows2")!.OutputTarget("train"));
    }

    [Fact]
    public void A_wire_that_one_side_cut_while_the_other_read_the_same_output_elsewhere_keeps_its_variable()
    {
        var session = Draft.Session("Flows.FileSource", "Flows.SplitRows", "Flows.TrainModel");
        session.Wire("fileSource1/out/table", "splitRows1/in/rows");
        var before = session.Draft.Flow.Clone();
        var (one, other) = (new EditorSession(before.Clone(), Draft.Activities), new EditorSession(before.Clone(), Draft.Activities));
        one.Unwire("splitRows1/in/rows");
        other.Wire("fileSource1/out/table", "trainModel1/in/rows");

        var merged = FlowMerge.Of(before, one.Draft.Flow, other.Draft.Flow).Flow;

        Assert.Null(merged.Find("splitRows1")!.Input("rows"));
        Assert.Equal(merged.Find("fileSource1")!.OutputTarget("table"), merged.Find("trainModel1")!.Input("rows")!.VariableId);
        Assert.Single(merged.Variables);
    }

    private static void AssertKept(FlowDefinition before, FlowDefinition side, MergedFlow merged, Func<string, string> named)
    {
        var told = merged.Conflicts.Select(conflict => conflict.Node).ToHashSet();
        foreach (var change in FlowDiff.Between(before, side))
        {
            var id = change.Node is null ? null : named(change.Node);
            if (told.Contains(id) || told.Count > 0 && change is FlowChange.WireAdded or FlowChange.WireRemoved or FlowChange.Rewired) continue;
            switch (change)
            {
                case FlowChange.NodeAdded: Assert.NotNull(merged.Flow.Find(id!)); break;
                case FlowChange.NodeRemoved: Assert.Null(merged.Flow.Find(id!)); break;
                case FlowChange.Moved moved: Assert.Equal(moved.To, merged.Flow.Find(id!)!.Position); break;
                case FlowChange.Changed { Owner: not null, Path: "metadata.displayText", After: var after }: Assert.True(JsonNode.DeepEquals(after, merged.Flow.Find(id!)!.Metadata["displayText"])); break;
                case FlowChange.Changed { Owner: not null, Path: "trainShare", After: var after }: Assert.True(JsonNode.DeepEquals(after, merged.Flow.Find(id!)!.Json["trainShare"])); break;
            }
        }
    }

    private static FlowDefinition Start() => Begin().Draft.Flow;

    private static FlowDefinition Edited(byte[] edits)
    {
        var session = Begin();
        foreach (var edit in edits) session.Draft.Apply(Edits.Of(session, edit));
        return session.Draft.Flow;
    }

    private static EditorSession Begin() => Draft.Session("Flows.FileSource", "Flows.SplitRows", "Flows.TrainModel");

    private static (FlowDefinition Before, FlowDefinition Mine, FlowDefinition Theirs) Three(Action<EditorSession> mine, Action<EditorSession> theirs)
    {
        var (one, other) = (Begin(), Begin());
        mine(one);
        theirs(other);
        return (Start(), one.Draft.Flow, other.Draft.Flow);
    }
}
