using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Checks;
using Flows.Contract.Definitions;
using Flows.Engine;
using Flows.Library;
using static Flows.Tests.Engine.FlowBuilder;

namespace Flows.Tests.Engine;

/// <summary>What the flow says for steps that say nothing themselves.</summary>
public sealed class FlowDefaults
{
    private static readonly ActivityCatalog Catalog = ActivityCatalog.Of(typeof(LibraryAssembly).Assembly);

    [Theory]
    [InlineData(null, "pandas==2.2.0")]
    [InlineData(" ", "pandas==2.2.0")]
    [InlineData("numpy", "numpy")]
    [InlineData("# none", "# none")]
    public void A_script_has_the_packages_of_its_flow_unless_it_names_some(string? own, string expected) => Assert.Equal(expected, Requirements(Packages("pandas==2.2.0"), own));

    [Fact]
    public void A_flow_without_packages_gives_none() => Assert.Null(Requirements([], null));

    [Theory]
    [InlineData("""{"requirements":"pandas"}""", false)]
    [InlineData("""{"requirements":["pandas"]}""", true)]
    [InlineData("\"pandas\"", true)]
    public void What_names_no_packages_is_said(string python, bool isWrong) =>
        Assert.Equal(isWrong, FlowChecks.Of(Flow(new JsonObject { ["python"] = JsonNode.Parse(python) }, null), Catalog).Any(problem => problem.Field == "python"));

    private static string? Requirements(JsonObject custom, string? own)
    {
        var state = new RunState("run", FlowGraph.Compile(Flow(custom, own), (_, _) => null, Catalog));
        var job = state.Apply(new RunEvent.Begun([])).Effects.OfType<RunEffect.Dispatch>().Single();
        return (string?)new StepExecutor(Catalog, TimeProvider.System).EvaluateInputs(state, job.Step)["requirements"];
    }

    private static FlowDefinition Flow(JsonObject custom, string? own)
    {
        var script = Activity("script", "Flows.PythonScript", ("script", FlowInput.Literal("String", "pass")));
        if (own is not null) script["requirements"] = FlowInput.Literal("String", own);
        var flow = new FlowBuilder().Add(script).Build();
        flow.Json["customProperties"] = custom;
        return flow;
    }

    private static JsonObject Packages(string text) => new() { ["python"] = new JsonObject { ["requirements"] = text } };
}
