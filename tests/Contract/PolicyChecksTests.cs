using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Checks;
using Flows.Contract.Definitions;
using Flows.Tests.Engine;

namespace Flows.Tests.Contract;

/// <summary>Policies in a flow's file: read where they make sense, named where they do not.</summary>
public sealed class PolicyChecksTests
{
    [Fact]
    public void A_whole_policy_is_read()
    {
        var policy = StepPolicy.Of(With("Elsa.WriteLine", """{"faultPolicy":{"retries":{"count":3,"delaySeconds":1.5,"backoff":"exponential","jitter":0.2,"on":["reset"]},"timeoutSeconds":60,"continueOnError":true}}"""))!;

        Assert.Equal((3, 1.5, Backoff.Exponential, 0.2), (policy.Retries!.Count, policy.Retries.DelaySeconds, policy.Retries.Backoff, policy.Retries.Jitter));
        Assert.Equal((60.0, true, "reset"), (policy.TimeoutSeconds, policy.ContinueOnError, Assert.Single(policy.Retries.On)));
        Assert.Empty(Problems("Elsa.WriteLine", policy: """{"retries":{"count":3,"delaySeconds":1.5,"backoff":"exponential","jitter":0.2,"on":["reset"]},"timeoutSeconds":60,"continueOnError":true}"""));
        Assert.Null(StepPolicy.Of(With("Elsa.WriteLine", "{}")));
    }

    [Theory]
    [InlineData("""3""", "faultPolicy")]
    [InlineData("""{"retries":3}""", "faultPolicy.retries")]
    [InlineData("""{"retries":{}}""", "faultPolicy.retries.count")]
    [InlineData("""{"retries":{"count":-1}}""", "faultPolicy.retries.count")]
    [InlineData("""{"retries":{"count":1.5}}""", "faultPolicy.retries.count")]
    [InlineData("""{"retries":{"count":"many"}}""", "faultPolicy.retries.count")]
    [InlineData("""{"retries":{"count":1,"delaySeconds":-5}}""", "faultPolicy.retries.delaySeconds")]
    [InlineData("""{"retries":{"count":1,"backoff":"linear"}}""", "faultPolicy.retries.backoff")]
    [InlineData("""{"retries":{"count":1,"jitter":2}}""", "faultPolicy.retries.jitter")]
    [InlineData("""{"retries":{"count":1,"on":[""]}}""", "faultPolicy.retries.on")]
    [InlineData("""{"retries":{"count":1,"times":2}}""", "faultPolicy.retries.times")]
    [InlineData("""{"timeoutSeconds":0}""", "faultPolicy.timeoutSeconds")]
    [InlineData("""{"continueOnError":"maybe"}""", "faultPolicy.continueOnError")]
    [InlineData("""{"retry":{}}""", "faultPolicy.retry")]
    public void Nonsense_is_an_error_that_names_the_field(string policy, string field)
    {
        var problem = Assert.Single(Problems("Elsa.WriteLine", policy));

        Assert.Equal((ProblemLevel.Error, "one", field), (problem.Level, problem.ActivityId, problem.Field));
        Assert.Contains($"'{field}'", problem.Message);
    }

    [Theory]
    [InlineData("Elsa.ParallelForEach", "{\"maxParallel\":0}", ProblemLevel.Error, "maxParallel")]
    [InlineData("Elsa.ForEach", "{\"maxParallel\":2}", ProblemLevel.Warning, "maxParallel")]
    [InlineData("Elsa.ForEach", "{\"minSuccessShare\":1.5}", ProblemLevel.Error, "minSuccessShare")]
    [InlineData("Elsa.WriteLine", "{\"minSuccessShare\":0.5}", ProblemLevel.Warning, "minSuccessShare")]
    [InlineData("Elsa.Sequence", "{\"faultPolicy\":{\"retries\":{\"count\":2}}}", ProblemLevel.Warning, "faultPolicy.retries")]
    public void What_has_no_effect_or_no_sense_at_an_activity_is_said(string type, string custom, ProblemLevel level, string field)
    {
        var problem = Assert.Single(Of(With(type, custom)));

        Assert.Equal((level, field), (problem.Level, problem.Field));
    }

    [Fact]
    public void An_activity_that_goes_on_after_a_fault_has_an_error_port()
    {
        var going = With("Elsa.WriteLine", """{"faultPolicy":{"continueOnError":true}}""");
        var flow = new FlowBuilder().Add((JsonObject)going.Json.DeepClone(), FlowBuilder.Line("two")).Wire("one", "two", "Error");

        Assert.Equal(["Done", "Error"], FlowPorts.Outcomes(going, Descriptor("Elsa.WriteLine")));
        Assert.Equal(["Done"], FlowPorts.Outcomes(With("Elsa.WriteLine", "{}"), Descriptor("Elsa.WriteLine")));
        Assert.Empty(FlowChecks.Of(flow.Build(), MemoryRun.Catalog));
    }

    [Theory]
    [InlineData(Backoff.Constant, 3, 0.5, 10)]
    [InlineData(Backoff.Exponential, 3, 0.5, 40)]
    [InlineData(Backoff.Exponential, 1, 0, 8)]
    [InlineData(Backoff.Exponential, 100, 0.5, StepPolicy.LongestSeconds)]
    public void Delays_grow_as_the_policy_says_and_stay_in_bounds(Backoff backoff, int retry, double chance, double seconds) =>
        Assert.Equal(seconds, new RetryPolicy(100) { DelaySeconds = 10, Backoff = backoff, Jitter = 0.2 }.Delay(retry, chance).TotalSeconds, 6);

    private static IReadOnlyList<FlowProblem> Problems(string type, string policy) => Of(With(type, $"{{\"faultPolicy\":{policy}}}"));

    private static IReadOnlyList<FlowProblem> Of(FlowActivity activity) => FlowChecks.Of(new FlowBuilder().Add((JsonObject)activity.Json.DeepClone()).Build(), MemoryRun.Catalog);

    private static FlowActivity With(string type, string custom) => new(FlowBuilder.Activity("one", type, ("customProperties", JsonNode.Parse(custom))));

    private static ActivityDescriptor Descriptor(string type) => MemoryRun.Catalog.Find(type)!;
}
