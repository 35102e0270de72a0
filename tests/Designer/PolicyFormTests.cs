using System.Text.Json.Nodes;
using Bunit;
using Flows.Contract.Activities;
using Flows.Designer.Canvas;
using Flows.Designer.Inspector;

namespace Flows.Tests.Designer;

/// <summary>The part of the form that says what happens when a step faults, where it runs and whether its result is kept.</summary>
public sealed class PolicyFormTests : BunitContext
{
    public PolicyFormTests() => JSInterop.Mode = JSRuntimeMode.Loose;

    [Fact]
    public void A_retry_is_written_where_the_engine_reads_it_and_taking_it_back_leaves_nothing()
    {
        var (session, form) = Form("Flows.FileSource");
        Assert.Empty(form.FindAll("[data-field='faultPolicy.retries.delaySeconds']"));

        form.Find("[data-field='faultPolicy.retries.count']").Change("3");
        form.Find("[data-field='faultPolicy.retries.delaySeconds']").Change("1.5");
        form.Find("[data-field='faultPolicy.retries.backoff']").Change("exponential");
        form.Find("[data-field='faultPolicy.retries.on']").Change("timed out\n reset \n");

        var retries = StepPolicy.Of(session.Draft.Find("fileSource1")!)!.Retries!;
        Assert.Equal((3, 1.5, Backoff.Exponential), (retries.Count, retries.DelaySeconds, retries.Backoff));
        Assert.Equal(["timed out", "reset"], retries.On);

        form.Find("[data-field='faultPolicy.retries.count']").Change("");
        Assert.False(session.Draft.Find("fileSource1")!.CustomProperties.ContainsKey("faultPolicy"));
    }

    [Fact]
    public void A_value_out_of_range_is_refused_beside_its_field()
    {
        var (session, form) = Form("Flows.FileSource");

        form.Find("[data-field='faultPolicy.retries.count']").Change("1000");

        Assert.Equal("At most 100.", form.Find("[data-field-frame='faultPolicy.retries.count'] .field-problem").TextContent);
        Assert.Null(StepPolicy.Of(session.Draft.Find("fileSource1")!));
    }

    [Fact]
    public void What_a_file_says_wrongly_is_told_at_its_field_and_nowhere_else()
    {
        var session = Draft.Session("Flows.FileSource");
        session.Apply(new Flows.Designer.Editing.FlowEdit.SetProperty("fileSource1", ["customProperties", "faultPolicy"], new JsonObject { ["timeoutSeconds"] = -1 }));

        var form = Show(session, "fileSource1");

        Assert.Contains("must be a number", form.Find("[data-field-frame='faultPolicy.timeoutSeconds'] .field-problem").TextContent);
        Assert.Empty(form.FindAll(".node-problem"));
    }

    [Fact]
    public void Going_on_after_a_fault_gives_the_node_an_error_port()
    {
        var (session, form) = Form("Flows.FileSource");

        form.Find("[data-field='faultPolicy.continueOnError']").Change(true);

        Assert.NotNull(session.Graph.Find("fileSource1")!.Port(PortSide.ControlOut, "Error"));
    }

    [Theory]
    [InlineData("Elsa.ParallelForEach", "maxParallel", true)]
    [InlineData("Elsa.ForEach", "maxParallel", false)]
    [InlineData("Elsa.ForEach", "minSuccessShare", true)]
    [InlineData("Elsa.ForEach", "faultPolicy.retries.count", false)]
    [InlineData("Elsa.Start", "faultPolicy.continueOnError", false)]
    [InlineData("Elsa.WriteLine", "priority", false)]
    [InlineData("Elsa.WriteLine", "faultPolicy.timeoutSeconds", true)]
    public void An_activity_shows_the_fields_that_mean_something_for_it(string type, string field, bool shown)
    {
        var (_, form) = Form(type);

        Assert.Equal(shown, form.FindAll($"[data-field='{field}']").Count == 1);
    }

    private (EditorSession, IRenderedComponent<NodeForm>) Form(string type)
    {
        var session = Draft.Session(type);
        return (session, Show(session, session.Selection.Single!));
    }

    private IRenderedComponent<NodeForm> Show(EditorSession session, string id) =>
        Render<NodeForm>(form => form.Add(f => f.Session, session).Add(f => f.Node, session.Graph.Find(id)!));
}
