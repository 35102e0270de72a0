using Flows.Designer.Canvas;

namespace Flows.Tests.Designer;

public sealed class WiringTests
{
    [Fact]
    public void A_table_does_not_go_into_a_model()
    {
        var session = Draft.Session("Flows.FileSource", "Flows.EvaluateModel");

        Assert.Equal("Table does not fit Model (model).", session.WhyNot("fileSource1/out/table", "evaluateModel1/in/model"));
        Assert.Null(session.WhyNot("fileSource1/out/table", "evaluateModel1/in/rows"));
    }

    [Fact]
    public void A_circle_of_data_is_refused_and_a_circle_of_control_is_not()
    {
        var session = Draft.Session("Flows.SplitRows", "Flows.SplitRows");
        session.Wire("splitRows1/out/train", "splitRows2/in/rows");

        Assert.Contains("circle", session.WhyNot("splitRows2/out/test", "splitRows1/in/rows"));
        Assert.Null(session.WhyNot("splitRows2/control/Done", "splitRows1/control/In"));
    }

    [Fact]
    public void A_node_does_not_follow_or_read_itself_and_no_wire_is_drawn_twice()
    {
        var session = Draft.Session("Flows.SplitRows", "Flows.SplitRows");
        session.Wire("splitRows1/out/train", "splitRows2/in/rows");

        Assert.NotNull(session.WhyNot("splitRows1/control/Done", "splitRows1/control/In"));
        Assert.NotNull(session.WhyNot("splitRows1/out/train", "splitRows1/in/rows"));
        Assert.Equal("These two are already wired.", session.WhyNot("splitRows1/out/train", "splitRows2/in/rows"));
        Assert.Equal("These two are already connected.", session.WhyNot("splitRows1/control/Done", "splitRows2/control/In"));
    }

    [Fact]
    public void A_wire_dropped_on_a_node_takes_the_first_port_that_fits_or_makes_one()
    {
        var session = Draft.Session("Flows.FileSource", "Flows.EvaluateModel", "Flows.PythonScript");

        session.WireToNode("fileSource1/out/table", "evaluateModel1");
        session.WireToNode("fileSource1/out/table", "pythonScript1");

        Assert.Equal(["rows", "table"], session.Graph.Wires.Where(wire => wire.Kind == WireKind.Data).Select(wire => wire.TargetPort).Order());
        Assert.NotNull(session.Graph.Find("pythonScript1")!.Port(PortSide.DataIn, "table"));
    }

    [Fact]
    public void A_node_added_after_another_is_wired_to_it_by_control_and_by_the_data_that_fits()
    {
        var session = Draft.Session("Flows.FileSource");

        session.Add(session.Catalog.Find("Flows.SplitRows")!, 300, 0, after: "fileSource1");
        session.Add(session.Catalog.Find("Flows.TrainModel")!, 600, 0, after: "splitRows1");

        Assert.Equal(2, session.Graph.Wires.Count(wire => wire.Kind == WireKind.Control));
        Assert.Equal([("table", "rows"), ("train", "rows")], session.Graph.Wires.Where(wire => wire.Kind == WireKind.Data).Select(wire => (wire.SourcePort, wire.TargetPort)));
    }

    [Fact]
    public void The_ports_that_light_up_are_those_that_may_be_wired()
    {
        var session = Draft.Session("Flows.FileSource", "Flows.SplitRows", "Flows.SplitRows", "Flows.TrainModel", "Flows.EvaluateModel", "Elsa.FlowDecision", "Elsa.End");
        session.Wire("fileSource1/out/table", "splitRows1/in/rows");
        session.Wire("splitRows1/out/train", "splitRows2/in/rows");
        session.Wire("splitRows2/out/test", "trainModel1/in/rows");
        session.Wire("trainModel1/out/model", "evaluateModel1/in/model");
        session.Wire("flowDecision1/control/True", "end1/control/In");
        var ports = session.Graph.Nodes.SelectMany(node => node.Ports.Select(port => port.Key(node.Id))).ToList();

        foreach (var port in ports)
            Assert.Equal(ports.Where(other => other != port && session.WhyNot(port, other) is null).Order(), session.Targets(port, session.Graph.Nodes).Order());
    }
}
