using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Engine;
using Flows.Engine.Expressions;
using static Flows.Tests.Engine.FlowBuilder;

namespace Flows.Tests.Engine;

/// <summary>Expressions see variables, inputs and results, and cannot take more than they may.</summary>
public sealed class Expressions
{
    [Theory]
    [InlineData("1 + 1", "2")]
    [InlineData("return getVariable('count')", "7")]
    [InlineData("variables.count + 1", "8")]
    [InlineData("getCount()", "7")]
    [InlineData("variables.count = 9; getVariable('count')", "9")]
    [InlineData("setCount(3); variables.count", "3")]
    [InlineData("getInput('Who')", "Ada")]
    [InlineData("getWho()", "Ada")]
    [InlineData("inputs.Who", "Ada")]
    [InlineData("getOutputFrom('script')", "5")]
    [InlineData("getOutputFrom('script', 'Result')", "5")]
    [InlineData("getOutputFromScript()", "5")]
    [InlineData("getLastResult()", "5")]
    [InlineData("getWorkflowInstanceId()", "run")]
    [InlineData("getWorkflowDefinitionId()", "flow")]
    [InlineData("toJson({a: [1, null, 'x']})", """{"a":[1,null,"x"]}""")]
    [InlineData("({a: 1})", """{"a":1}""")]
    [InlineData("0.1 + 0.2", "0.30000000000000004")]
    [InlineData("isNullOrEmpty('')", "true")]
    [InlineData("isNullOrWhiteSpace('  ')", "true")]
    [InlineData("isNullOrWhiteSpace('x')", "false")]
    [InlineData("getWorkflowDefinitionVersionId() + getWorkflowDefinitionVersion()", "flow-v11")]
    [InlineData("setCorrelationId('c'); getCorrelationId()", "c")]
    [InlineData("setWorkflowInstanceName('n'); getWorkflowInstanceName()", "n")]
    [InlineData("newGuid() != newGuid() && newGuidString().length == 36 && getGuidString().length == 36", "true")]
    [InlineData("/^[A-Za-z0-9]{16,22}$/.test(newShortGuid()) && getShortGuid() != newShortGuid()", "true")]
    [InlineData("parseGuid('0F8FAD5B-D9CB-469F-A165-70867728950E')", "0f8fad5b-d9cb-469f-a165-70867728950e")]
    [InlineData("stringToBase64('Zoë')", "Wm/Dqw==")]
    [InlineData("stringFromBase64('Wm/Dqw==')", "Zoë")]
    [InlineData("bytesToString(bytesFromString('Zoë'))", "Zoë")]
    [InlineData("bytesToBase64(bytesFromString('Zoë'))", "Wm/Dqw==")]
    [InlineData("bytesToString(bytesFromBase64('Wm/Dqw=='))", "Zoë")]
    [InlineData("bytesFromString('abc').length", "3")]
    [InlineData("setVariable('raw', bytesFromString('abc')); bytesToString(getVariable('raw'))", "abc")]
    [InlineData("getMyRate() + getMy_rate() - variables.my_rate", "333")]
    [InlineData("setMyRate(2); getVariable('my_rate')", "2")]
    [InlineData("getResultFromScript()", "5")]
    [InlineData("getResultFromLine()", "")]
    [InlineData("Object.keys(variables).length", "3")]
    [InlineData("const v = variables; v.count", "7")]
    [InlineData("globalThis['get' + 'Count']()", "7")]
    [InlineData("(async () => getCount() + 1)()", "8")]
    [InlineData("Promise.resolve(getCount()).then(c => c * 2)", "14")]
    public async Task JavaScript_has_Elsas_functions(string script, string expected)
    {
        var run = await RunLine(Js("String", script));

        Assert.Equal(expected, run.Lines[^1]);
    }

    [Theory]
    [InlineData("{{ Variables.count }} of {{ Input.Who }}", "7 of Ada")]
    [InlineData("{% for i in Variables.list %}{{ i.name }};{% endfor %}", "a;b;")]
    [InlineData("{{ WorkflowInstanceId }}", "run")]
    [InlineData("{{ Variables.missing }}", "")]
    [InlineData("{{ CorrelationId }}", "corr")]
    [InlineData("{{ WorkflowDefinitionId }}/{{ WorkflowDefinitionVersionId }}/{{ WorkflowDefinitionVersion }}", "flow/flow-v1/1")]
    [InlineData("{{ Variables.list | json }}", """[{"name":"a"},{"name":"b"}]""")]
    [InlineData("{{ 'Zoë' | base64 }}", "Wm/Dqw==")]
    [InlineData("{{ Variables | keys | join: ' ' }}", "count my_rate list")]
    public async Task Liquid_sees_variables_and_inputs(string template, string expected)
    {
        var run = await RunLine(FlowInput.Wrap("String", ExpressionTypes.Liquid, template));

        Assert.Equal(expected, run.Lines[^1]);
    }

    [Fact]
    public async Task Variable_and_Input_expressions_read_by_reference()
    {
        var run = await RunLine(FlowInput.Wrap("String", ExpressionTypes.Variable, new JsonObject { ["id"] = "count", ["name"] = "count" }));
        var other = await RunLine(FlowInput.Wrap("String", ExpressionTypes.Input, new JsonObject { ["name"] = "Who" }));

        Assert.Equal("7", run.Lines[^1]);
        Assert.Equal("Ada", other.Lines[^1]);
    }

    [Theory]
    [InlineData("while (true) {}")]
    [InlineData("function f() { return f() } f()")]
    [InlineData("var a = []; while (true) a.push('xxxxxxxxxxxxxxxx')")]
    [InlineData("'x'.repeat(400000000)")]
    [InlineData("'x'.padEnd(400000000)")]
    [InlineData("new Array(30000000).join('xxxx')")]
    [InlineData("'x'.repeat(100000).replaceAll('x', 'y'.repeat(100000))")]
    [InlineData("throw new Error('no')")]
    [InlineData("this is not a script")]
    [InlineData("missing.field")]
    [InlineData("parseGuid('no')")]
    [InlineData("stringFromBase64('*')")]
    [InlineData("Promise.reject(new Error('no'))")]
    [InlineData("new Promise(() => {})")]
    public async Task A_script_that_takes_too_much_or_is_broken_faults_its_step(string script)
    {
        var run = await RunLine(Js("String", script));

        Assert.Equal(RunSubStatus.Faulted, run.SubStatus);
        Assert.StartsWith("'text' of 'line': JavaScript", Assert.Single(run.Incidents).Message);
    }

    [Fact]
    public async Task What_the_engine_keeps_of_a_secret_is_its_mask() =>
        Assert.Equal(["•••"], (await RunLine(FlowInput.Wrap("String", ExpressionTypes.Secret, "token"))).Lines);

    [Theory]
    [InlineData(ExpressionTypes.CSharp, "C# expressions are turned off")]
    [InlineData("Python", "There is no expression type 'Python'")]
    public async Task Every_expression_in_CSharp_is_refused_clearly(string type, string message)
    {
        var run = await RunLine(FlowInput.Wrap("String", type, "return 1;"));

        Assert.Contains(message, Assert.Single(run.Incidents).Message);
        Assert.Equal("line", run.Incidents[0].ActivityId);
    }

    [Theory]
    [InlineData("Int32", "\"12\"", "12")]
    [InlineData("Int32", "\"\"", null)]
    [InlineData("Double", "\"1.5\"", "1.5")]
    [InlineData("Boolean", "\"true\"", "true")]
    [InlineData("String", "12", "\"12\"")]
    [InlineData("String[]", "\"[\\\"a\\\",\\\"b\\\"]\"", "[\"a\",\"b\"]")]
    [InlineData("String[]", "\"a, b\"", "[\"a\",\"b\"]")]
    [InlineData("List<Int32>", "[\"1\",2]", "[1,2]")]
    [InlineData("System.Int32, System.Private.CoreLib", "\"3\"", "3")]
    [InlineData("Object", "\"{\\\"a\\\":1}\"", "{\"a\":1}")]
    [InlineData("Object", "\"plain\"", "\"plain\"")]
    [InlineData("Artifact", "{\"sha256\":\"00\"}", "{\"sha256\":\"00\"}")]
    public void Values_become_what_their_type_says(string type, string json, string? expected)
    {
        var value = ValueConversion.To(type, JsonNode.Parse(json));

        Assert.True(JsonNode.DeepEquals(expected is null ? null : JsonNode.Parse(expected), value), value?.ToJsonString());
    }

    [Fact]
    public void A_value_that_does_not_fit_says_what_was_expected()
    {
        var fault = Assert.Throws<ActivityFault>(() => ValueConversion.To("Int32", "many"));

        Assert.Equal("expected Int32, got \"many\"", fault.Message);
    }

    private static async Task<RunRecord> RunLine(JsonObject text)
    {
        var flow = new FlowBuilder().Input("Who").Variable("count", "Int32", "7").Variable("my_rate", "Int32", "333").Variable("list", "Object", """[{"name":"a"},{"name":"b"}]""")
            .Chain(
                Activity("script", "Elsa.RunJavaScript", ("script", FlowInput.Literal("String", "return 5"))),
                Activity("line", "Elsa.WriteLine", ("text", text)))
            .Build();
        var executor = new StepExecutor(new ActivityCatalog(EngineActivities.Descriptors), TimeProvider.System, new ExpressionLimits { Time = TimeSpan.FromSeconds(1) });
        var run = new MemoryRun(FlowGraph.Compile(flow, (_, _) => null, MemoryRun.Catalog), executor);
        run.Happen(new RunEvent.Begun(new JsonObject { ["Who"] = "Ada" }, CorrelationId: "corr"));
        await run.WorkAsync();
        return run.State.ToRecord();
    }
}
