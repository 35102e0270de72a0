using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using static Flows.Tests.Engine.FlowBuilder;

namespace Flows.Tests.Engine;

/// <summary>C# where an administrator turned it on, with Elsa's names for what a script sees.</summary>
public sealed class CSharpExpressions
{
    [Theory]
    [InlineData("return Variables.Name.ToUpper();", "ADA")]
    [InlineData("Variables.Count + 1", "42")]
    [InlineData("Variables.Get<int>(\"Count\") * 2", "82")]
    [InlineData("Input.Get(\"City\")", "London")]
    [InlineData("string.Join('-', ((IEnumerable<object>)Variables.List).Reverse())", "2-1")]
    [InlineData("Variables.Item.price", "9.5")]
    [InlineData("Output.From<string>(\"js\")", "from js")]
    [InlineData("Variables.Count > 40 ? $\"many in {WorkflowInstanceId}\" : \"few\"", "many in run")]
    public async Task A_script_sees_variables_inputs_and_outputs(string script, string expected)
    {
        var flow = new FlowBuilder().Input("City").Variable("Name", "String", "Ada").Variable("Count", "Int32", "41").Variable("List", "Object", "[1,2]").Variable("Item", "Object", """{"price":9.5}""")
            .Chain(Activity("js", "Elsa.RunJavaScript", ("script", FlowInput.Literal("String", "'from js'"))), Written("line", script));

        var run = await MemoryRun.Of(flow.Build()).BeginAsync(new() { ["City"] = "London" });

        Assert.Equal([expected], run.State.ToRecord().Lines);
    }

    [Fact]
    public async Task A_variable_that_a_script_sets_is_there_for_the_next_step()
    {
        var flow = new FlowBuilder().Variable("n", "Int32", "1").Chain(Written("a", "Variables.n = 5; return \"set\";"), Line("b", "variables.n"));

        Assert.Equal(["set", "5"], (await MemoryRun.Of(flow.Build()).BeginAsync()).State.ToRecord().Lines);
    }

    [Theory]
    [InlineData("return Variables.", "C# cannot be read")]
    [InlineData("throw new InvalidOperationException(\"no\")", "no")]
    public async Task A_script_that_goes_wrong_faults_its_step(string script, string message)
    {
        var run = (await MemoryRun.Of(new FlowBuilder().Add(Written("line", script)).Build()).BeginAsync()).State.ToRecord();

        Assert.Equal(RunSubStatus.Faulted, run.SubStatus);
        Assert.Contains(message, Assert.Single(run.Incidents).Message);
    }

    private static System.Text.Json.Nodes.JsonObject Written(string id, string script) => Activity(id, "Elsa.WriteLine", ("text", FlowInput.Wrap("String", ExpressionTypes.CSharp, script)));
}
