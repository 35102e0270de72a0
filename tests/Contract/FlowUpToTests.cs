using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Contract.Graphs;
using Flows.Contract.Runs;
using Flows.Tests.Engine;
using static Flows.Tests.Engine.FlowBuilder;

namespace Flows.Tests.Contract;

/// <summary>A flow as far as one of its activities.</summary>
public sealed class FlowUpToTests
{
    [Fact]
    public async Task A_branch_that_does_not_lead_there_and_what_comes_after_are_left_out()
    {
        var flow = new FlowBuilder().Add(Line("a"), Line("b"), Line("side"), Line("c"), Line("d"))
            .Wire("a", "b").Wire("a", "side").Wire("b", "c").Wire("c", "d").Wire("side", "d").Build();

        Assert.Equal(["a", "b", "c"], await RanAsync(flow, "c"));
        Assert.Equal(["a", "b", "side", "c", "d"], await RanAsync(flow, "d"));
        Assert.Equal(["a", "b", "side", "c", "d"], flow.Activities().Skip(1).Select(activity => activity.Id));
    }

    [Fact]
    public async Task A_loop_that_leads_there_runs_whole_and_one_that_goes_over_it_ends_at_it()
    {
        var before = new FlowBuilder().Variable("n").Add(Line("start"), Set("count", "n", Js("Object", "(variables.n ?? 0) + 1")), Decide("again", "variables.n < 3"), Line("end"), Line("after"))
            .Wire("start", "count").Wire("count", "again").Wire("again", "count", "True").Wire("again", "end", "False").Wire("end", "after").Build();
        var over = new FlowBuilder().Add(Line("start"), Line("in"), Line("more"), Decide("again", "true")).Wire("start", "in").Wire("in", "more").Wire("more", "again").Wire("again", "in", "True").Build();

        Assert.Equal(["start", "count", "again", "count", "again", "count", "again", "end"], await RanAsync(before, "end"));
        Assert.Equal(["start", "in"], await RanAsync(over, "in"));
    }

    [Fact]
    public async Task In_a_loop_over_items_every_pass_comes_as_far_and_a_while_makes_one_pass()
    {
        var each = new FlowBuilder().Chain(Line("a"), Activity("each", "Elsa.ForEach", ("items", FlowInput.Wrap("Object", "Object", "[1,2]")), ("body", Sequence("s", Line("x"), Line("y"), Line("z")))), Line("b")).Build();
        var endless = new FlowBuilder().Chain(Activity("while", "Elsa.While", ("condition", Js("Boolean", "true")), ("body", Sequence("s", Line("x"), Line("y"))))).Build();

        Assert.Equal(["a", "each", "s", "x", "y", "s", "x", "y"], await RanAsync(each, "y"));
        Assert.Equal(["while", "s-once", "s", "x", "s-break"], await RanAsync(endless, "x"));
    }

    [Fact]
    public async Task Of_other_branches_of_a_container_only_the_one_that_holds_it_is_left()
    {
        var either = new FlowBuilder().Chain(Activity("if", "Elsa.If", ("condition", Js("Boolean", "false")), ("then", Line("yes")), ("else", Line("no")))).Build();
        var parallel = new FlowBuilder().Chain(Activity("all", "Elsa.Parallel", ("activities", new JsonArray(Line("p"), Line("q"))))).Build();
        var tried = new FlowBuilder().Chain(Activity("try", "Flows.TryCatch", ("body", Activity("bad", "Elsa.Fault", ("message", FlowInput.Literal("String", "x")))), ("catch", Line("caught")), ("finally", Line("last")))).Build();

        Assert.Equal(["if"], await RanAsync(either, "yes"));
        Assert.Equal(["all", "q"], await RanAsync(parallel, "q"));
        Assert.Equal(["try", "bad", "caught"], await RanAsync(tried, "caught"));
        Assert.Equal(["try", "bad", "caught", "last"], await RanAsync(tried, "last"));
    }

    [Fact]
    public void A_node_that_nothing_leads_to_is_run_alone_and_one_that_is_not_there_not_at_all()
    {
        var flow = new FlowBuilder().Add(Line("alone")).Chain(Line("a"), Line("b")).Build();

        Assert.Equal(["chart", "alone"], FlowUpTo.Of(flow, "alone")!.Activities().Select(activity => activity.Id));
        Assert.Null(FlowUpTo.Of(flow, "none"));
    }

    private static JsonObject Decide(string id, string condition) => Activity(id, "Elsa.FlowDecision", ("condition", Js("Boolean", condition)));

    private static async Task<IEnumerable<string>> RanAsync(FlowDefinition flow, string to)
    {
        var run = (await MemoryRun.Of(FlowUpTo.Of(flow, to)!).BeginAsync()).State.ToRecord();
        Assert.Equal(RunSubStatus.Finished, run.SubStatus);
        return run.Steps.Skip(2).Select(step => step.ActivityId);
    }
}
