using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Engine;
using static Flows.Tests.Engine.FlowBuilder;

namespace Flows.Tests.Engine;

/// <summary>A run that goes on from another keeps what did not change and does the rest anew.</summary>
public sealed class Resuming
{
    private static readonly ActivityCatalog Heavy = ActivityCatalog.Of(typeof(Jobs).Assembly);

    private readonly List<string> _done = [];
    private string _faulty = "";

    [Fact]
    public async Task Finished_steps_are_kept_and_the_faulted_one_and_what_follows_are_done()
    {
        _faulty = "b";
        var flow = new FlowBuilder().Chain(Train("a"), Train("b"), Train("c"));
        var before = await RunAsync(flow);

        var run = await GoOnAsync(flow, before);

        Assert.Equal((RunSubStatus.Faulted, RunSubStatus.Finished), (before.State.SubStatus, run.State.SubStatus));
        Assert.Equal(["b", "c"], _done);
        Assert.Equal(["a"], Cached(run));
        Assert.Equal("run", run.State.ToRecord().ResumedFrom);
    }

    [Fact]
    public async Task Variables_lines_and_outputs_of_kept_steps_are_there()
    {
        _faulty = "b";
        var flow = new FlowBuilder().Variable("v").Output("o").Chain(Set("set", "v", Js("Object", "'kept'")), Line("line", "variables.v"),
            Activity("out", "Elsa.SetOutput", ("outputName", FlowInput.Literal("String", "o")), ("outputValue", Js("Object", "variables.v"))), Train("b"), Line("end", "variables.v + '!'"));
        var before = await RunAsync(flow);

        var run = (await GoOnAsync(flow, before)).State.ToRecord();

        Assert.Equal(["kept", "kept!"], run.Lines);
        Assert.Equal("kept", run.Output["o"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_changed_step_is_done_anew_with_all_that_follows_and_a_branch_beside_it_is_kept()
    {
        FlowBuilder Flow(double rate) => new FlowBuilder().Add(Activity("start", "Elsa.Start"), Train("a", rate), Train("a2"), Train("b"), Train("b2"))
            .Wire("start", "a").Wire("a", "a2").Wire("start", "b").Wire("b", "b2");
        _faulty = "a2";
        var before = await RunAsync(Flow(0.1));

        var run = await GoOnAsync(Flow(0.2), before);

        Assert.Equal(["a", "a2"], _done);
        Assert.Equal(["b", "b2"], Cached(run));
    }

    [Fact]
    public async Task A_step_that_was_only_moved_on_the_canvas_is_kept()
    {
        var moved = Train("a");
        moved["metadata"] = new JsonObject { ["designer"] = new JsonObject { ["position"] = new JsonObject { ["x"] = 9, ["y"] = 9 } } };
        _faulty = "b";
        var before = await RunAsync(new FlowBuilder().Chain(Train("a"), Train("b")));

        await GoOnAsync(new FlowBuilder().Chain(moved, Train("b")), before);

        Assert.Equal(["b"], _done);
    }

    [Fact]
    public async Task A_step_whose_inputs_changed_is_done_anew()
    {
        FlowBuilder Flow(string rate)
        {
            var train = Activity("a", "Test.Train", ("rate", Js("Double", "variables.rate")));
            return new FlowBuilder().Variable("rate", "Double", rate).Chain(train, Train("b"));
        }

        _faulty = "b";
        var before = await RunAsync(Flow("0.1"));

        await GoOnAsync(Flow("0.5"), before);

        Assert.Equal(["a", "b"], _done);
    }

    [Fact]
    public async Task Running_again_from_a_step_does_it_and_all_that_follows_anew_even_when_nothing_changed()
    {
        var flow = new FlowBuilder().Chain(Train("a"), Train("b"), Train("c"));
        var before = await RunAsync(flow);

        var run = await GoOnAsync(flow, before, "b");

        Assert.Equal(["b", "c"], _done);
        Assert.Equal(["a"], Cached(run));
    }

    [Fact]
    public async Task Passes_before_the_faulted_one_are_kept()
    {
        var faulty = Activity("f", "Test.Train", ("rate", Js("Double", "getCurrentValue()")));
        var flow = new FlowBuilder().Chain(Activity("each", "Elsa.ForEach", ("items", Js("Object[]", "[1,2,3,4]")), ("body", faulty)), Train("after"));
        var passes = 0;
        var before = await BeginAsync(flow, _ => ++passes == 3 ? new StepResult { Fault = "third" } : new StepResult());

        var run = await GoOnAsync(flow, before);

        Assert.Equal(["f", "f", "after"], _done);
        Assert.Equal(["f", "f"], Cached(run));
    }

    [Fact]
    public async Task Parallel_passes_beside_the_faulted_one_are_kept()
    {
        var faulty = Activity("f", "Test.Train", ("rate", Js("Double", "getCurrentValue()")));
        var flow = new FlowBuilder().Chain(Activity("each", "Elsa.ParallelForEach", ("items", Js("Object[]", "[1,2,3,4]")), ("body", faulty)), Train("after"));
        var passes = 0;
        var before = await BeginAsync(flow, _ => ++passes == 2 ? new StepResult { Fault = "second" } : new StepResult());

        var run = await GoOnAsync(flow, before);

        Assert.Equal(["f", "after"], _done);
        Assert.Equal(3, Cached(run).Count());
    }

    [Fact]
    public async Task A_loop_over_other_items_is_done_anew()
    {
        FlowBuilder Flow(string items) => new FlowBuilder().Chain(Activity("each", "Elsa.ParallelForEach", ("items", Js("Object[]", items)), ("body", Train("f"))), Train("after"));
        _faulty = "after";
        var before = await RunAsync(Flow("[1,2]"));

        await GoOnAsync(Flow("[1,3]"), before);

        Assert.Equal(["f", "f", "after"], _done);
    }

    [Fact]
    public async Task What_an_event_brought_is_kept_and_not_waited_for_again()
    {
        _faulty = "b";
        var flow = new FlowBuilder().Chain(Activity("event", "Elsa.Event", ("eventName", FlowInput.Literal("String", "e"))), Train("b"), Line("line", "getOutputFrom('event')"));
        var before = await RunAsync(flow);
        before.Happen(new RunEvent.BookmarkResumed(before.State.ToRecord().Bookmarks[0].Id, "payload"));
        await before.WorkAsync();

        var run = await GoOnAsync(flow, before);

        Assert.Equal((RunSubStatus.Finished, "payload"), (run.State.SubStatus, Assert.Single(run.State.ToRecord().Lines)));
    }

    [Fact]
    public async Task A_run_can_go_on_from_one_that_itself_went_on()
    {
        var flow = new FlowBuilder().Chain(Train("a"), Train("b"), Train("c"));
        _faulty = "b";
        var first = await RunAsync(flow);
        var second = await GoOnAsync(flow, first, faulty: "c");

        var third = await GoOnAsync(flow, second);

        Assert.Equal(["c"], _done);
        Assert.Equal(["a", "b"], Cached(third));
    }

    [Fact]
    public async Task A_run_that_goes_on_is_rebuilt_from_its_journal_without_the_earlier_one()
    {
        _faulty = "b";
        var flow = new FlowBuilder().Chain(Train("a"), Train("b"));
        var run = await GoOnAsync(flow, await RunAsync(flow));

        Assert.Equal(JsonSerializer.Serialize(run.State.ToRecord(), ContractJson.Options), JsonSerializer.Serialize(run.Replayed(), ContractJson.Options));
    }

    private Task<MemoryRun> RunAsync(FlowBuilder flow) => BeginAsync(flow, id => id == _faulty ? new StepResult { Fault = "boom" } : new StepResult());

    private static Task<MemoryRun> BeginAsync(FlowBuilder flow, Func<string, StepResult> job) => Of(flow, (id, _) => job(id)).BeginAsync();

    private Task<MemoryRun> GoOnAsync(FlowBuilder flow, MemoryRun before, string? from = null, string? faulty = null)
    {
        _done.Clear();
        return Of(flow, Done).GoOnAsync(before, from);

        StepResult Done(string id, int attempt)
        {
            _done.Add(id);
            return id == faulty ? new StepResult { Fault = "boom" } : new StepResult();
        }
    }

    private static MemoryRun Of(FlowBuilder flow, Func<string, int, StepResult> job) =>
        new(FlowGraph.Compile(flow.Build(), (_, _) => null, Heavy), new StepExecutor(Heavy, TimeProvider.System)) { Job = job };

    private static IEnumerable<string> Cached(MemoryRun run) => run.State.ToRecord().Steps.Where(step => step.Cached).Select(step => step.ActivityId);

    private static JsonObject Train(string id, double rate = 0.1) => Activity(id, "Test.Train", ("rate", FlowInput.Literal("Double", rate)));
}
