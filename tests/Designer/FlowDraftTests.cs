using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Designer.Canvas;
using Flows.Designer.Editing;
using FsCheck;
using FsCheck.Xunit;

namespace Flows.Tests.Designer;

public sealed class FlowDraftTests
{
    [Property(MaxTest = 200)]
    public void Undoing_every_edit_gives_the_first_JSON_and_redoing_the_last(byte[] choices)
    {
        var session = Draft.Session("Flows.FileSource", "Flows.SplitRows", "Flows.TrainModel", "Elsa.FlowDecision");
        var steps = new List<string> { session.Json() };
        var before = session.Draft.Revision;
        foreach (var choice in choices) session.Draft.Apply(Edits.Of(session, choice));
        var last = session.Json();

        while (session.Draft.UndoSays is not null && session.Draft.CanUndo && session.Json() != steps[0]) session.Draft.Undo();
        Assert.Equal(steps[0], session.Json());

        while (session.Draft.CanRedo) session.Draft.Redo();
        Assert.Equal(last, session.Json());
        Assert.True(session.Draft.Revision >= before);
    }

    [Fact]
    public void Undoing_to_the_empty_flow_leaves_no_trace()
    {
        var session = Draft.Session();
        var empty = session.Json();
        foreach (var type in (string[])["Flows.FileSource", "Flows.SplitRows"]) session.Add(session.Catalog.Find(type)!, 0, 0, session.Selection.Last);
        session.Apply(new FlowEdit.SetTitle("splitRows1", "Halves"));
        session.Select(["fileSource1", "splitRows1"]);
        session.Remove();

        while (session.Draft.CanUndo) session.Undo();

        Assert.Equal(empty, session.Json());
    }

    [Fact]
    public void A_data_wire_is_a_variable_an_output_an_input_and_a_control_wire()
    {
        var session = Draft.Session("Flows.FileSource", "Flows.SplitRows");

        Assert.Null(session.Wire("fileSource1/out/table", "splitRows1/in/rows"));

        var variable = Assert.Single(session.Draft.Flow.Variables);
        Assert.Equal("Artifact", variable.TypeName);
        Assert.Equal(variable.Id, session.Draft.Find("fileSource1")!.OutputTarget("table"));
        Assert.Equal(variable.Id, session.Draft.Find("splitRows1")!.Input("rows")!.VariableId);
        Assert.Equal(new FlowConnection("fileSource1", "Done", "splitRows1", "In"), Assert.Single(session.Draft.Flow.Root!.Connections));
    }

    [Fact]
    public void One_output_feeds_two_inputs_through_one_variable_that_goes_with_its_last_reader()
    {
        var session = Draft.Session("Flows.FileSource", "Flows.SplitRows", "Flows.TrainModel");
        session.Wire("fileSource1/out/table", "splitRows1/in/rows");
        session.Wire("fileSource1/out/table", "trainModel1/in/rows");
        Assert.Single(session.Draft.Flow.Variables);

        session.Unwire("splitRows1/in/rows");
        Assert.Single(session.Draft.Flow.Variables);
        session.Unwire("trainModel1/in/rows");

        Assert.Empty(session.Draft.Flow.Variables);
        Assert.Null(session.Draft.Find("fileSource1")!.OutputTarget("table"));
    }

    [Fact]
    public void A_variable_that_somebody_declared_stays_when_its_reader_is_unwired()
    {
        var session = Draft.Session("Elsa.WriteLine");
        session.Apply(new FlowEdit.AddVariable(FlowVariable.New("greeting", "greeting", "String").Json));
        session.Apply(new FlowEdit.SetInput("writeLine1", "text", FlowInput.ReadVariable(session.Draft.Flow.Variables[0])));

        session.Apply(new FlowEdit.UnbindData("writeLine1", "text"));

        Assert.Single(session.Draft.Flow.Variables);
    }

    [Fact]
    public void Removing_with_healing_closes_the_gap()
    {
        var session = Draft.Session("Elsa.Start", "Elsa.WriteLine", "Elsa.End");
        session.Wire("start1/control/Done", "writeLine1/control/In");
        session.Wire("writeLine1/control/Done", "end1/control/In");
        session.Select(["writeLine1"]);

        session.Remove(heal: true);

        Assert.Equal([("start1", "end1")], session.Draft.Flow.Root!.Connections.Select(c => (c.Source, c.Target)));
    }

    [Fact]
    public void A_refused_edit_changes_nothing_and_says_why()
    {
        var session = Draft.Session("Elsa.Start", "Elsa.WriteLine");
        session.Wire("start1/control/Done", "writeLine1/control/In");
        var before = session.Json();

        var reason = session.Draft.Apply(new FlowEdit.Composite("Both", [new FlowEdit.SetTitle("start1", "x"), new FlowEdit.Connect("start1", "Done", "writeLine1")]));

        Assert.Equal("These two are already connected.", reason);
        Assert.Equal(before, session.Json());
    }

    [Fact]
    public void What_the_editor_does_not_understand_is_kept()
    {
        var flow = Draft.Flow();
        flow.Json["somethingElse"] = new JsonObject { ["deep"] = true };
        ((JsonArray)flow.Json["root"]!["activities"]!).Add(JsonNode.Parse("""{"id":"x","type":"Their.Own","odd":{"a":[1,2]},"metadata":{"theirs":7}}"""));
        var session = new EditorSession(flow, Draft.Activities);

        session.Move(["x"], 100, 50);

        Assert.Contains("\"odd\":{\"a\":[1,2]}", session.Json());
        Assert.Contains("\"theirs\":7", session.Json());
        Assert.False(session.Graph.Find("x")!.IsKnown);
    }
}
