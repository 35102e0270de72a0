using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using static Flows.Tests.Engine.FlowBuilder;

namespace Flows.Tests.Engine;

/// <summary>What of a step's values its record shows: by value, by activity, by flow, in both of Elsa's forms.</summary>
public sealed class LogModes
{
    private const string Include = """{"evaluationMode":"Strategy","strategyType":"Elsa.Workflows.LogPersistence.Strategies.Include, Elsa.Workflows.Core","expression":null}""";
    private const string Exclude = """{"evaluationMode":"Strategy","strategyType":"Elsa.Workflows.LogPersistence.Strategies.Exclude, Elsa.Workflows.Core","expression":null}""";
    private const string Inherit = """{"evaluationMode":"Strategy","strategyType":"Elsa.Workflows.LogPersistence.Strategies.Inherit, Elsa.Workflows.Core","expression":null}""";

    [Theory]
    // Nobody says anything.
    [InlineData("{}", "{}", true)]
    // The older form: words, numbers, one word for all.
    [InlineData("{}", """{"logPersistenceMode":{"default":"Exclude","inputs":{"script":"Inherit"}}}""", false)]
    [InlineData("{}", """{"logPersistenceMode":{"default":"Exclude","inputs":{"script":"Include"}}}""", true)]
    [InlineData("{}", """{"logPersistenceMode":{"default":"Include","inputs":{"script":"Exclude"}}}""", false)]
    [InlineData("{}", """{"logPersistenceMode":{"default":2}}""", false)]
    [InlineData("{}", """{"logPersistenceMode":"Exclude"}""", false)]
    [InlineData("""{"logPersistenceMode":{"default":"Exclude"}}""", "{}", false)]
    [InlineData("""{"logPersistenceMode":{"default":"Exclude"}}""", """{"logPersistenceMode":{"default":"Inherit"}}""", false)]
    [InlineData("""{"logPersistenceMode":{"default":"Exclude"}}""", """{"logPersistenceMode":{"default":"Include"}}""", true)]
    // Today's: strategies.
    [InlineData("{}", $$"""{"logPersistenceConfig":{"default":{{Exclude}} } }""", false)]
    [InlineData("{}", $$"""{"logPersistenceConfig":{"default":{{Exclude}},"inputs":{"script":{{Include}} } } }""", true)]
    [InlineData("{}", $$"""{"logPersistenceConfig":{"default":{{Exclude}},"inputs":{"script":{{Inherit}} } } }""", false)]
    [InlineData($$"""{"logPersistenceConfig":{"default":{{Exclude}} } }""", $$"""{"logPersistenceConfig":{"default":{{Inherit}} } }""", false)]
    [InlineData($$"""{"logPersistenceConfig":{"default":{{Inherit}} } }""", "{}", true)]
    [InlineData($$"""{"logPersistenceConfig":{"default":{{Exclude}} } }""", """{"logPersistenceConfig":{"default":{"evaluationMode":"Strategy","strategyType":"Of.Somebody.Else, Elsewhere"} } }""", false)]
    // Both: today's comes first.
    [InlineData("{}", $$"""{"logPersistenceMode":{"default":"Exclude"},"logPersistenceConfig":{"default":{{Include}} } }""", true)]
    // Expressions see the run.
    [InlineData("{}", """{"logPersistenceConfig":{"default":{"evaluationMode":"Expression","expression":{"type":"JavaScript","value":"variables.secret ? 'Exclude' : 'Include'"} } } }""", false)]
    [InlineData("{}", """{"logPersistenceConfig":{"inputs":{"script":{"evaluationMode":"Expression","expression":{"type":"JavaScript","value":"variables.secret ? 1 : 2"} } } } }""", true)]
    [InlineData("{}", """{"logPersistenceConfig":{"default":{"evaluationMode":"Expression","expression":{"type":"Literal","value":"Exclude"} } } }""", false)]
    [InlineData("{}", """{"logPersistenceConfig":{"default":{"evaluationMode":"Expression","expression":{"type":"JavaScript","value":"no.such.thing"} } } }""", true)]
    public async Task Inputs_are_shown_as_the_nearest_rule_says(string flow, string activity, bool shown)
    {
        var step = await StepAsync(flow, activity);

        Assert.Equal(shown, step.Inputs!.ContainsKey("script"));
    }

    [Fact]
    public async Task Outputs_have_rules_of_their_own_and_what_is_hidden_goes_on_all_the_same()
    {
        var run = await RunAsync("{}", $$"""{"logPersistenceConfig":{"outputs":{"result":{{Exclude}} } } }""");
        var step = run.Steps.Single(one => one.ActivityId == "script");

        Assert.True(step.Inputs!.ContainsKey("script"));
        Assert.False(step.Outputs!.ContainsKey("result"));
        Assert.Equal(["5"], run.Lines);
    }

    [Fact]
    public async Task A_flow_used_as_an_activity_has_its_own_default()
    {
        var child = new FlowBuilder("Child").Add(Line("inside")).Build();
        child.Json["customProperties"] = JsonNode.Parse($$"""{"logPersistenceConfig":{"default":{{Exclude}} } }""");
        var parent = new FlowBuilder("Parent").Chain(Activity("use", "Child", ("workflowDefinitionId", "Child")), Line("outside")).Build();

        var steps = (await MemoryRun.Of(parent, [child]).BeginAsync()).State.ToRecord().Steps;

        Assert.Equal([false, true], new[] { "inside", "outside" }.Select(id => steps.Single(step => step.ActivityId == id).Inputs!.ContainsKey("text")));
    }

    private static async Task<StepRecord> StepAsync(string flow, string activity) => (await RunAsync(flow, activity)).Steps.Single(step => step.ActivityId == "script");

    private static async Task<RunRecord> RunAsync(string flow, string activity)
    {
        var script = Activity("script", "Elsa.RunJavaScript", ("script", FlowInput.Literal("String", "return 5")), ("customProperties", JsonNode.Parse(activity)));
        var definition = new FlowBuilder().Variable("secret", "Boolean", "true").Chain(script, Line("line", "getLastResult()")).Build();
        definition.Json["customProperties"] = JsonNode.Parse(flow);
        var run = await MemoryRun.Of(definition).BeginAsync();
        Assert.Equal(run.State.ToRecord().Steps.Select(Shown), run.Replayed().Steps.Select(Shown));
        return run.State.ToRecord();
    }

    private static string Shown(StepRecord step) => $"{step.Inputs?.ToJsonString()} {step.Outputs?.ToJsonString()}";
}
