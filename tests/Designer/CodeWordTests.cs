using System.Text.Json.Nodes;
using Flows.Contract.Artifacts;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Designer.Canvas;
using Flows.Designer.Editing;
using Flows.Designer.Inspector.Code;

namespace Flows.Tests.Designer;

/// <summary>What the code editor offers at a node, without an editor.</summary>
public sealed class CodeWordTests
{
    [Fact]
    public void JavaScript_knows_variables_inputs_and_named_activities_as_the_engine_spells_them()
    {
        var session = Draft.Session("Flows.FileSource", "Flows.PythonScript");
        session.Draft.Flow.Json["variables"] = new JsonArray(FlowVariable.New("v", "my_rate", "Double").Json, FlowVariable.New("wire-x", "x", "Artifact").Json);
        session.Draft.Flow.Json["inputs"] = new JsonArray(new JsonObject { ["name"] = "file", ["type"] = "String" });
        session.Apply(new FlowEdit.SetProperty("fileSource1", ["name"], "Source"));

        var words = CodeWords.Of("JavaScript", session, session.Graph.Find("pythonScript1"));

        Assert.Contains(words, word => word.Label == "my_rate" && word.After.Contains("variables."));
        Assert.Contains(words, word => word.Apply == "getMyRate()");
        Assert.Contains(words, word => word.Label == "file" && word.After.Contains("inputs."));
        Assert.Contains(words, word => word.Apply == "getOutputFromSource()");
        Assert.DoesNotContain(words, word => word.Label == "x");
    }

    [Fact]
    public void A_query_knows_the_columns_of_the_tables_that_a_run_brought_to_it()
    {
        var session = Wired("Flows.SplitRows", "rows");

        var words = CodeWords.Of("sql", session, session.Graph.Find("splitRows1"));

        Assert.Contains(words, word => word is { Label: "rows", Detail: "table, 2 columns" });
        Assert.Contains(words, word => word.Label == "unit price" && word.Apply == "\"unit price\"" && word.After.Contains("rows."));
        Assert.Contains(words, word => word is { Label: "amount", Apply: "amount" } && word.After.Count == 0);
    }

    [Fact]
    public void Columns_come_through_steps_that_have_not_run_yet()
    {
        var session = Wired("Flows.SplitRows", "rows");
        Assert.NotNull(session.Add(session.Catalog.Find("Flows.TrainModel")!, 900, 0));
        session.Wire("splitRows1/out/train", "trainModel1/in/rows");

        Assert.Equal(["amount", "unit price"], UpstreamColumns.At(session, "trainModel1", "rows").Select(column => column.Name));
        Assert.Empty(UpstreamColumns.At(session, "fileSource1", "rows"));
    }

    [Fact]
    public void A_script_knows_its_own_ports_parameters_and_the_columns_of_what_comes_in()
    {
        var session = Draft.Session("Flows.PythonScript");
        session.Draft.Find("pythonScript1")!.Json["customProperties"] = new JsonObject
        {
            ["ports"] = new JsonObject { ["inputs"] = Ports("people"), ["outputs"] = Ports("report"), ["parameters"] = Ports("depth") },
        };
        session.Draft.Apply(new FlowEdit.SetTitle("pythonScript1", "Report"));

        var words = CodeWords.Of("python", session, session.Graph.Find("pythonScript1"));

        Assert.Contains(words, word => word.Label == "rows" && word.After.SequenceEqual(["flows."]));
        Assert.Contains(words, word => word.Label == "people" && word.After.Contains("flows.rows(\""));
        Assert.Contains(words, word => word.Label == "report" && word.After.Contains("flows.output('"));
        Assert.Contains(words, word => word.Label == "depth" && word.After.Contains("flows.param(\""));
    }

    [Fact]
    public void Liquid_knows_the_flows_names() =>
        Assert.Contains(CodeWords.Of("Liquid", Draft.Session(), null), word => word.Label == "Variables");

    private static JsonArray Ports(string name) => new(new JsonObject { ["name"] = name, ["type"] = "Table" });

    // A source that a run has told two columns of, wired into another activity.
    private static EditorSession Wired(string type, string port)
    {
        var session = Draft.Session("Flows.FileSource", type);
        session.Wire("fileSource1/out/table", $"{session.Graph.Nodes.Last().Id}/in/{port}");
        var table = new Artifact(new string('a', 64), "Table", "table", 1) { Columns = [new("amount", "DOUBLE"), new("unit price", "DOUBLE")] };
        session.ShowSteps(new Dictionary<string, StepRecord>
        {
            ["fileSource1"] = new() { StepId = "1", ActivityId = "fileSource1", ActivityType = "Flows.FileSource", Status = StepStatus.Completed, Outputs = new JsonObject { ["table"] = table.ToJson() } },
        });
        return session;
    }
}
