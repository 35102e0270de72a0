using Bunit;
using Flows.Contract.Definitions;
using Flows.Designer.Inspector;
using Flows.Designer.Canvas;
using Flows.Designer.Editing;

namespace Flows.Tests.Designer;

public sealed class InspectorTests : BunitContext
{
    public InspectorTests() => JSInterop.Mode = JSRuntimeMode.Loose;

    [Fact]
    public void A_form_looks_through_the_flow_once_for_all_its_fields_and_again_when_it_is_another_one()
    {
        var session = Draft.Session("Flows.FileSource", "Flows.SplitRows");
        session.Wire("fileSource1/out/table", "splitRows1/in/rows");
        var form = Render<NodeForm>(given => given.Add(it => it.Session, session).Add(it => it.Node, session.Graph.Find("splitRows1")!));
        IReadOnlyList<FieldEditor> Fields() => [.. form.FindComponents<FieldEditor>().Select(field => field.Instance)];
        Assert.Equal(2, Fields().Count);
        Assert.Equal("File source · table", Fields().Single(field => field.Field.Name == "rows").Wired);
        var known = Fields()[0].Variables;
        Assert.All(Fields(), field => Assert.Same(known, field.Variables));

        session.Move(["splitRows1"], 0, 100);
        form.Render(given => given.Add(it => it.Node, session.Graph.Find("splitRows1")!));
        Assert.Same(known, Fields()[0].Variables);

        session.Apply(new FlowEdit.SetTitle("fileSource1", "Digits"));
        form.Render(given => given.Add(it => it.Node, session.Graph.Find("splitRows1")!));
        Assert.NotSame(known, Fields()[0].Variables);
        Assert.Equal("Digits · table", Fields().Single(field => field.Field.Name == "rows").Wired);
    }

    [Fact]
    public void The_palette_is_drawn_for_what_is_in_it_and_not_for_each_edit_beside_it()
    {
        var session = Draft.Session("Flows.FileSource");
        var palette = Render<Flows.Designer.Palette.ActivityPalette>(given => given.Add(it => it.Activities, session.Catalog.Descriptors));

        session.Move(["fileSource1"], 0, 100);
        palette.Render(given => given.Add(it => it.Activities, session.Catalog.Descriptors));
        Assert.Equal(1, palette.RenderCount);

        palette.Find("[data-field=palette-search]").Input("split");
        Assert.Equal("Split rows", Assert.Single(palette.FindAll(".palette-item")).TextContent.Trim());
        session.Learn([.. Draft.Activities, Draft.Activities[^1] with { Type = "Flows.SplitAgain", DisplayName = "Split again" }]);
        palette.Render(given => given.Add(it => it.Activities, session.Catalog.Descriptors));
        Assert.Equal(2, palette.FindAll(".palette-item").Count);
    }

    [Fact]
    public void A_number_is_written_as_a_number_and_one_out_of_range_is_refused_beside_the_field()
    {
        var (session, form) = Form("Flows.SplitRows");

        form.Find("[data-field=trainShare]").Change("0.7");
        Assert.Equal(0.7, session.Draft.Find("splitRows1")!.Input("trainShare")!.Value!.GetValue<double>());

        form.Find("[data-field=trainShare]").Change("7");
        Assert.Equal("At most 0.95.", form.Find(".field-problem").TextContent);
        Assert.Equal(0.7, session.Draft.Find("splitRows1")!.Input("trainShare")!.Value!.GetValue<double>());
    }

    [Fact]
    public void An_emptied_field_leaves_the_file()
    {
        var (session, form) = Form("Flows.FileSource");
        form.Find("[data-field=path]").Change("digits.csv");
        Assert.NotNull(session.Draft.Find("fileSource1")!.Input("path"));

        form.Find("[data-field=path]").Change("");

        Assert.False(session.Draft.Find("fileSource1")!.Json.ContainsKey("path"));
    }

    [Fact]
    public void A_field_can_be_an_expression()
    {
        var (session, form) = Form("Flows.FileSource");

        form.Find("[data-field-kind=path]").Change("JavaScript");
        form.Find("[data-field=path]").Change("getInput('file')");

        Assert.Equal(ExpressionTypes.JavaScript, session.Draft.Find("fileSource1")!.Input("path")!.ExpressionType);
    }

    [Fact]
    public void A_wired_input_says_where_it_comes_from_and_can_be_unwired()
    {
        var session = Draft.Session("Flows.FileSource", "Flows.SplitRows");
        session.Wire("fileSource1/out/table", "splitRows1/in/rows");
        var form = Show(session, "splitRows1");
        Assert.Contains("File source · table", form.Find(".wired").TextContent);

        form.Find(".wired button").Click();

        Assert.Null(session.Draft.Find("splitRows1")!.Input("rows"));
    }

    [Fact]
    public void Ports_of_a_script_are_added_by_hand_and_drawn()
    {
        var (session, form) = Form("Flows.PythonScript");

        form.Find("[data-action=add-outputs]").Click();

        Assert.NotNull(session.Graph.Find("pythonScript1")!.Port(PortSide.DataOut, "output1"));
    }

    private (EditorSession, IRenderedComponent<NodeForm>) Form(string type)
    {
        var session = Draft.Session(type);
        return (session, Show(session, session.Selection.Single!));
    }

    private IRenderedComponent<NodeForm> Show(EditorSession session, string id) =>
        Render<NodeForm>(form => form.Add(f => f.Session, session).Add(f => f.Node, session.Graph.Find(id)!));
}
