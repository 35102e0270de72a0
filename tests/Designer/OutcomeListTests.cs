using Bunit;
using Flows.Designer.Canvas;
using Flows.Designer.Inspector;

namespace Flows.Tests.Designer;

public sealed class OutcomeListTests : BunitContext
{
    public OutcomeListTests() => JSInterop.Mode = JSRuntimeMode.Loose;

    [Fact]
    public void Cases_are_a_bare_list_and_become_control_ports_at_once()
    {
        var (session, form) = Form("Elsa.FlowSwitch");

        form.Find("[data-action=add-case]").Click();
        form.Render();
        form.Find("[data-field='cases.0.label']").Change("good");
        form.Render();
        form.Find("[data-field='cases.0.condition']").Change("getVariable('accuracy') > 0.9");

        var cases = session.Draft.Find("flowSwitch1")!.Json["cases"]!.ToJsonString(Flows.Contract.ContractJson.Options);
        Assert.Equal("""[{"label":"good","condition":{"type":"JavaScript","value":"getVariable('accuracy') > 0.9"}}]""", cases);
        Assert.NotNull(session.Graph.Find("flowSwitch1")!.Port(PortSide.ControlOut, "good"));
        Assert.NotNull(session.Graph.Find("flowSwitch1")!.Port(PortSide.ControlOut, "Default"));
    }

    [Fact]
    public void Branches_are_a_wrapped_object_of_json_text_and_become_control_ports_at_once()
    {
        var (session, form) = Form("Elsa.FlowFork");

        form.Find("[data-action=add-branch]").Click();
        form.Render();
        form.Find("[data-action=add-branch]").Click();
        form.Render();
        form.Find("[data-field='branches.0.name']").Change("left");

        Assert.Equal("""{"typeName":"String[]","expression":{"type":"Object","value":"[\"left\",\"Branch 2\"]"}}""",
            session.Draft.Find("flowFork1")!.Json["branches"]!.ToJsonString(Flows.Contract.ContractJson.Options));
        Assert.Equal(["left", "Branch 2"], session.Graph.Find("flowFork1")!.Ports.Where(port => port.Side == PortSide.ControlOut).Select(port => port.Name));
    }

    [Fact]
    public void A_wire_follows_a_renamed_branch_and_goes_with_a_removed_one()
    {
        var (session, form) = Form("Elsa.FlowFork", "Elsa.WriteLine");
        form.Find("[data-action=add-branch]").Click();
        Assert.Null(session.Wire("flowFork1/control/Branch 1", "writeLine1/control/In"));
        form.Render();

        form.Find("[data-field='branches.0.name']").Change("left");
        Assert.Equal("left", Assert.Single(session.Graph.Wires).SourcePort);

        form.Render();
        form.Find("[data-action=remove-branch-0]").Click();
        Assert.Empty(session.Graph.Wires);

        session.Undo();
        Assert.Equal("left", Assert.Single(session.Graph.Wires).SourcePort);
    }

    [Fact]
    public void Two_cases_of_one_name_are_refused_and_so_is_Default()
    {
        var (session, form) = Form("Elsa.FlowSwitch");
        form.Find("[data-action=add-case]").Click();
        form.Render();

        form.Find("[data-field='cases.0.label']").Change("Default");

        Assert.Equal("There is already 'Default'.", form.Find(".field-problem").TextContent);
        Assert.Equal("Case 1", session.Draft.Find("flowSwitch1")!.Json["cases"]![0]!["label"]!.GetValue<string>());
    }

    private (EditorSession, IRenderedComponent<NodeForm>) Form(params string[] types)
    {
        var session = Draft.Session(types);
        var node = session.Graph.Nodes.First();
        return (session, Render<NodeForm>(form => form.Add(f => f.Session, session).Add(f => f.Node, node)));
    }
}
