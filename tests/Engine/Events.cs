using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Engine;
using static Flows.Tests.Engine.FlowBuilder;

namespace Flows.Tests.Engine;

/// <summary>Events between runs, as the core sees them.</summary>
public sealed class Events
{
    private static readonly StepResult Announced = new() { Inputs = new JsonObject { ["eventName"] = "e", ["payload"] = 7, ["correlationId"] = "c" } };

    [Fact]
    public void What_a_run_announced_is_pending_until_it_was_delivered_and_the_run_ends_after_that()
    {
        var state = Begin(new FlowBuilder().Add(Activity("publish", "Elsa.PublishEvent")), out var execute);

        var publish = Assert.IsType<RunEffect.Publish>(Assert.Single(state.Apply(new RunEvent.StepEnded(execute.Step, 1, Announced)).Effects));
        var (between, pending) = (state.Status, Assert.IsType<RunEffect.Publish>(Assert.Single(state.Pending())));
        var end = state.Apply(new RunEvent.EventDelivered(publish.Step));

        Assert.Equal(("e", 7, "c"), (publish.EventName, publish.Payload!.GetValue<int>(), publish.CorrelationId));
        Assert.Equal((RunStatus.Running, publish.Step), (between, pending.Step));
        Assert.Equal(RunSubStatus.Finished, Assert.IsType<RunEffect.End>(Assert.Single(end.Effects)).SubStatus);
        Assert.Empty(state.Apply(new RunEvent.EventDelivered(publish.Step)).Effects);
    }

    [Theory]
    [InlineData("e", null, 1)]
    [InlineData("e", "mine", 1)]
    [InlineData("e", "other", 0)]
    [InlineData("E2", null, 0)]
    public void An_event_step_waits_for_its_name_and_the_runs_correlation_id(string name, string? correlation, int expected)
    {
        var state = Begin(new FlowBuilder().Add(Activity("event", "Elsa.Event")), out var execute, "mine");
        state.Apply(new RunEvent.StepEnded(execute.Step, 1, new StepResult { Suspend = true, Inputs = new JsonObject { ["eventName"] = "e" } }));

        Assert.Equal(expected, state.WaitingFor(name, correlation).Count);
    }

    [Fact]
    public void A_cancelled_run_waits_for_no_delivery()
    {
        var state = Begin(new FlowBuilder().Add(Activity("publish", "Elsa.PublishEvent")), out var execute);
        state.Apply(new RunEvent.StepEnded(execute.Step, 1, Announced));

        state.Apply(new RunEvent.CancelRequested("ada"));

        Assert.Equal(RunSubStatus.Cancelled, state.SubStatus);
        Assert.Empty(state.Pending());
    }

    private static RunState Begin(FlowBuilder flow, out RunEffect.Execute execute, string? correlation = null)
    {
        var state = new RunState("run", FlowGraph.Compile(flow.Build(), (_, _) => null));
        execute = (RunEffect.Execute)state.Apply(new RunEvent.Begun([], CorrelationId: correlation)).Effects.Single();
        return state;
    }
}
