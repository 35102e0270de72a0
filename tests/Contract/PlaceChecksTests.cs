using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Checks;
using Flows.Contract.Definitions;
using Flows.Tests.Support;

namespace Flows.Tests.Contract;

/// <summary>Priority, labels, turns and cached results in a flow's file.</summary>
public sealed class PlaceChecksTests
{
    private static readonly ActivityCatalog Catalog = ActivityCatalog.Of(typeof(Flows.Library.LibraryAssembly).Assembly);

    [Fact]
    public void Sensible_values_are_taken_and_described_by_the_activity()
    {
        Assert.Empty(Problems("Flows.SplitRows", """{"priority":-3,"placement":{"labels":["gpu"]},"concurrency":{"key":"database","limit":2},"cache":{"enabled":true,"ttlSeconds":3600}}"""));
        Assert.Contains(Catalog.Find("Flows.SplitRows")!.Policy, field => field is { Name: "cache.ttlSeconds", Needs: "cache.enabled" });
        Assert.DoesNotContain(Catalog.Find("Flows.FileSource")!.Policy, field => field.Group == PolicyFields.Cache);
    }

    [Theory]
    [InlineData("""{"priority":"high"}""", "priority")]
    [InlineData("""{"priority":1.5}""", "priority")]
    [InlineData("""{"priority":101}""", "priority")]
    [InlineData("""{"placement":["gpu"]}""", "placement")]
    [InlineData("""{"placement":{"labels":["two words"]}}""", "placement.labels")]
    [InlineData("""{"placement":{"labels":"gpu"}}""", "placement.labels")]
    [InlineData("""{"placement":{"label":["gpu"]}}""", "placement.label")]
    [InlineData("""{"concurrency":{"limit":2}}""", "concurrency.key")]
    [InlineData("""{"concurrency":{"key":"a","limit":0}}""", "concurrency.limit")]
    [InlineData("""{"cache":{"enabled":"yes"}}""", "cache.enabled")]
    [InlineData("""{"cache":{"enabled":true,"ttlSeconds":0}}""", "cache.ttlSeconds")]
    public void Nonsense_is_an_error_that_names_the_field(string custom, string field)
    {
        var problem = Assert.Single(Problems("Flows.SplitRows", custom));

        Assert.Equal((ProblemLevel.Error, "bad-policy", "a", field), (problem.Level, problem.Code, problem.ActivityId, problem.Field));
    }

    [Theory]
    [InlineData("Elsa.WriteLine", """{"priority":3}""", "priority")]
    [InlineData("Flows.FileSource", """{"cache":{"enabled":true}}""", "cache.enabled")]
    public void What_does_nothing_here_is_warned_about(string type, string custom, string field)
    {
        var problem = Assert.Single(Problems(type, custom));

        Assert.Equal((ProblemLevel.Warning, "unused-policy", field), (problem.Level, problem.Code, problem.Field));
    }

    private static IEnumerable<FlowProblem> Problems(string type, string custom)
    {
        var activity = Some.Activity("a", type, ("customProperties", JsonNode.Parse(custom)!));
        return FlowChecks.Of(FlowFile.ReadOne(Some.Chain("f", activity)), Catalog).Where(problem => problem.Code is "bad-policy" or "unused-policy");
    }
}
