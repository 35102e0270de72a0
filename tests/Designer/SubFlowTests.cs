using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Checks;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Designer.Editing;
using Flows.Designer.Editing.SubFlows;
using Flows.Tests.Engine;
using static Flows.Tests.Engine.FlowBuilder;

namespace Flows.Tests.Designer;

/// <summary>Nodes taken out into a flow of their own, and put back: what runs stays the same.</summary>
public sealed class SubFlowTests
{
    private static readonly ActivityCatalog Catalog = new(EngineActivities.Descriptors);

    [Fact]
    public async Task What_crosses_the_border_becomes_inputs_and_outputs()
    {
        var flow = Wired();
        var (draft, sub) = Extract(flow, "twice", "more");

        Assert.Equal(["n"], sub.Made.Inputs.Select(input => input.Name));
        Assert.Equal(["m"], sub.Made.Outputs.Select(output => output.Name));
        Assert.Equal(["t"], sub.Made.Variables.Select(variable => variable.Name));
        Assert.Equal(["n", "m"], draft.Flow.Variables.Select(variable => variable.Name));
        Assert.Equal(["make", "say", sub.CallId], draft.Flow.Root!.Children().Select(child => child.Activity.Id));
        Assert.Equal(["12"], await LinesAsync(flow));
        Assert.Equal(["12"], await LinesAsync(draft.Flow, sub.Made));
        Assert.DoesNotContain(FlowChecks.Of(sub.Made, Catalog), problem => problem.Level == ProblemLevel.Error);
    }

    [Fact]
    public async Task A_value_that_is_read_on_both_sides_is_kept_inside_and_given_at_the_end()
    {
        var (draft, sub) = Extract(Wired(), "make", "twice");

        Assert.Empty(sub.Made.Inputs);
        Assert.Equal(["t"], sub.Made.Outputs.Select(output => output.Name));
        Assert.Equal(["12"], await LinesAsync(draft.Flow, sub.Made));
        var both = new FlowBuilder().Variable("n").Chain(Script("make", "return 5", "n"), Read("inner", "n"), Read("outer", "n")).Build();
        var (caller, kept) = Extract(both, "make", "inner");
        Assert.Contains(kept.Made.Activities(), activity => activity.Type == "Elsa.SetOutput");
        Assert.Equal(["5", "5"], await LinesAsync(caller.Flow, kept.Made));
    }

    [Theory]
    [InlineData("true", "yes after")]
    [InlineData("false", "no")]
    public async Task Ways_out_become_outcomes_that_lead_where_they_led(string condition, string expected)
    {
        var flow = new FlowBuilder().Add(Line("start"), Activity("if", "Elsa.FlowDecision", ("condition", Js("Boolean", condition))), Line("a"), Line("yes"), Line("after"), Line("no"))
            .Wire("start", "if").Wire("if", "a", "True").Wire("a", "yes").Wire("yes", "after").Wire("if", "no", "False").Build();
        var (draft, sub) = Extract(flow, "if", "a");

        Assert.Equal(["False", "a"], sub.Made.Outcomes.Order());
        Assert.Equal(("start " + (condition == "true" ? "a " : "") + expected).Split(' '), await LinesAsync(draft.Flow, sub.Made));
    }

    [Fact]
    public async Task A_branch_that_ends_inside_does_not_lead_on()
    {
        FlowDefinition Flow(string condition) => new FlowBuilder().Add(Line("start"), Activity("if", "Elsa.FlowDecision", ("condition", Js("Boolean", condition))), Line("yes"), Line("after")).Wire("start", "if").Wire("if", "yes", "True").Wire("yes", "after").Build();
        foreach (var (condition, lines) in new[] { ("true", "start yes after"), ("false", "start") })
        {
            var (draft, sub) = Extract(Flow(condition), "if", "yes");
            Assert.Equal(lines.Split(' '), await LinesAsync(draft.Flow, sub.Made));
        }
    }

    [Fact]
    public async Task Branches_that_come_together_are_one_node_and_the_way_back_gives_the_same()
    {
        var flow = new FlowBuilder().Add(Line("start"), Line("fork"), Line("a"), Line("b"), Line("end")).Wire("start", "fork").Wire("fork", "a").Wire("fork", "b").Wire("a", "end").Wire("b", "end").Build();
        var (draft, sub) = Extract(flow, "fork", "a", "b");
        var between = await LinesAsync(draft.Flow, sub.Made);
        var (edit, refusal) = InlinedFlow.Of(draft, sub.CallId, sub.Made, Learned(sub));

        Assert.Null(refusal);
        Assert.Null(draft.Apply(edit!));
        Assert.Equal(["start", "fork", "a", "b", "end"], between);
        Assert.Equal(between, await LinesAsync(draft.Flow));
        Assert.Equal(Wires(flow), Wires(draft.Flow));
    }

    [Fact]
    public async Task Put_back_wires_and_outcomes_are_what_they_were()
    {
        var flow = Wired();
        var (draft, sub) = Extract(flow, "twice", "more");
        Assert.Null(draft.Apply(InlinedFlow.Of(draft, sub.CallId, sub.Made, Learned(sub)).Edit!));
        Assert.Equal(["12"], await LinesAsync(draft.Flow));
        Assert.Equal(Wires(flow), Wires(draft.Flow));

        var decided = new FlowBuilder().Add(Line("start"), Activity("if", "Elsa.FlowDecision", ("condition", Js("Boolean", "true"))), Line("yes"), Line("no")).Wire("start", "if").Wire("if", "yes", "True").Wire("if", "no", "False").Build();
        var (other, part) = Extract(decided, "if");
        Assert.Null(other.Apply(InlinedFlow.Of(other, part.CallId, part.Made, Learned(part)).Edit!));
        Assert.Equal(["start", "yes"], await LinesAsync(other.Flow));
        Assert.Equal(Wires(decided), Wires(other.Flow));
    }

    [Fact]
    public void Both_ways_are_undone_as_one()
    {
        var flow = Wired();
        var before = flow.Json.ToJsonString();
        var (draft, sub) = Extract(flow, "twice", "more");
        var between = draft.Flow.Json.ToJsonString();
        draft.Apply(InlinedFlow.Of(draft, sub.CallId, sub.Made, Learned(sub)).Edit!);

        draft.Undo();
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(between), draft.Flow.Json));
        draft.Undo();
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(before), draft.Flow.Json));
    }

    [Fact]
    public void What_would_change_the_flow_is_refused_with_the_reason()
    {
        var forked = new FlowBuilder().Variable("n").Add(Line("s"), Line("a"), Line("b"), Line("x"), Line("y")).Wire("s", "a").Wire("s", "b").Wire("a", "x").Wire("b", "y").Build();
        Assert.Contains("entered at more than one node (a, b)", Refused(forked, "a", "b"));
        Assert.Contains("more than one way out", Refused(forked, "s", "a", "b"));
        Assert.Contains("Select the nodes", Refused(forked));

        var spoken = new FlowBuilder().Variable("n").Chain(Script("make", "return 1", "n"), Line("say", "variables.n")).Build();
        Assert.Contains("A script of the chosen nodes reads 'n'", Refused(spoken, "say"));
        var named = new FlowBuilder().Chain(Script("make", "return 1", null), Line("say", "getOutputFrom('make')")).Build();
        Assert.Contains("A script outside reads what make gave", Refused(named, "make"));
        Assert.Contains("reads what make gave", Refused(named, "say"));
        var counted = new FlowBuilder().Variable("n").Chain(Set("one", "n", Js("Object", "1")), Set("two", "n", Js("Object", "2")), Read("say", "n")).Build();
        Assert.Contains("'n' is written both", Refused(counted, "one"));
        Assert.Contains("would only end the new one", Refused(new FlowBuilder().Chain(Line("a"), Activity("end", "Elsa.End")).Build(), "a", "end"));
    }

    [Fact]
    public void What_cannot_be_put_back_is_refused_with_the_reason()
    {
        var used = new FlowBuilder("Used").Input("Name").Chain(Line("in", "getInput('Name')")).Build();
        var flow = new FlowBuilder().Chain(Line("a"), Activity("use", "Used", ("workflowDefinitionId", "Used"))).Build();

        Assert.Contains("reads its input 'Name'", InlinedFlow.Of(new FlowDraft(flow), "use", used, Catalog).Refusal);
        Assert.Contains("into itself", InlinedFlow.Of(new FlowDraft(flow), "use", flow, Catalog).Refusal);
        Assert.Contains("uses another flow", InlinedFlow.Of(new FlowDraft(flow), "a", used, Catalog).Refusal);
    }

    [Fact]
    public async Task Nodes_and_variables_that_are_there_already_get_other_names()
    {
        var used = new FlowBuilder("Used").Variable("v").Chain(Script("say", "return 'inner'", "v"), Read("tell", "v")).Build();
        var flow = new FlowBuilder().Variable("v").Chain(Script("first", "return 'outer'", "v"), Activity("use", "Used", ("workflowDefinitionId", "Used")), Read("say", "v")).Build();
        var draft = new FlowDraft(flow);

        Assert.Null(draft.Apply(InlinedFlow.Of(draft, "use", used, Catalog).Edit!));

        Assert.Equal(["inner", "outer"], await LinesAsync(draft.Flow));
        Assert.Equal(2, draft.Flow.Variables.Count);
    }

    // What is handed on by wires is a script that gives the next one: values that no script has to read.
    private static FlowDefinition Wired() => new FlowBuilder().Variable("n").Variable("t").Variable("m").Chain(
        Script("make", "return \"return 'return 12'\"", "n"), Given("twice", "n", "t"), Given("more", "t", "m"), Read("say", "m")).Build();

    private static JsonObject Script(string id, string script, string? to) => Activity(id, "Elsa.RunJavaScript", ("script", FlowInput.Literal("String", script)), ("result", to is null ? null : Output(to)));

    private static JsonObject Given(string id, string from, string to) => Activity(id, "Elsa.RunJavaScript", ("script", FlowInput.Wrap("String", "Variable", new JsonObject { ["id"] = from, ["name"] = from })), ("result", Output(to)));

    private static JsonObject Read(string id, string variable) => Activity(id, "Elsa.WriteLine", ("text", FlowInput.Wrap("String", "Variable", new JsonObject { ["id"] = variable, ["name"] = variable })));

    private static JsonObject Output(string variable) => new() { ["typeName"] = "Object", ["memoryReference"] = new JsonObject { ["id"] = variable } };

    private static ActivityCatalog Learned(SubFlow sub) => new([.. EngineActivities.Descriptors, new ActivityDescriptor { Type = sub.Made.ActivityType, DisplayName = sub.Made.Name, Category = "Flows", Outcomes = sub.Made.Outcomes.Count > 0 ? sub.Made.Outcomes : ["Done"] }]);

    private static (FlowDraft Draft, SubFlow Sub) Extract(FlowDefinition flow, params string[] ids)
    {
        var draft = new FlowDraft(flow.Clone());
        var (made, refusal) = SubFlow.Of(draft, ids, EmptyFlow.Named("part", "Part"), Catalog);
        Assert.Null(refusal);
        Assert.Null(draft.Apply(made!.Edit));
        return (draft, made);
    }

    private static string Refused(FlowDefinition flow, params string[] ids)
    {
        var draft = new FlowDraft(flow);
        return SubFlow.Of(draft, ids, EmptyFlow.Named("part", "Part"), Catalog).Refusal ?? "nothing was refused";
    }

    private static IEnumerable<string> Wires(FlowDefinition flow) => flow.Root!.Connections.Select(wire => $"{wire.Source} {wire.SourcePort ?? "Done"} {wire.Target}").Order();

    private static async Task<IReadOnlyList<string>> LinesAsync(FlowDefinition flow, params FlowDefinition[] others)
    {
        var run = (await MemoryRun.Of(flow, others).BeginAsync()).State.ToRecord();
        Assert.True(run.SubStatus == RunSubStatus.Finished, string.Join(' ', run.Incidents.Select(incident => incident.Message)));
        return run.Lines;
    }
}
