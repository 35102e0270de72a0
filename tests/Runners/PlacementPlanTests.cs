using Flows.Hub.Runners;

namespace Flows.Tests.Runners;

public sealed class PlacementPlanTests
{
    private static readonly PlacedJobs Nothing = new(new Dictionary<string, int>(), new Dictionary<string, int>());

    [Fact]
    public void No_runner_gets_more_than_it_has_places_for()
    {
        var chunks = Plan([.. Jobs("r", 10)], Runner("a", 2), Runner("b", 3));

        Assert.Equal((2, 3), (At(chunks, "a").Count, At(chunks, "b").Count));
    }

    [Fact]
    public void A_job_goes_only_where_all_its_labels_are()
    {
        var chunks = Plan([Job("r", 0) with { Labels = "gpu,big" }, Job("r", 1) with { Labels = "gpu" }, Job("r", 2) with { Labels = "tpu" }], Runner("plain", 5), Runner("gpu", 1, "gpu"), Runner("both", 1, "gpu", "big"));

        Assert.Equal([0], At(chunks, "both"));
        Assert.Equal([1], At(chunks, "gpu"));
        Assert.Equal(2, chunks.Count);
    }

    [Fact]
    public void A_job_without_labels_leaves_special_runners_free()
    {
        var chunks = Plan([Job("r", 0)], Runner("gpu", 1, "gpu"), Runner("plain", 1));

        Assert.Equal("plain", Assert.Single(chunks).Runner.Name);
    }

    [Fact]
    public void Higher_priority_goes_first_whatever_came_first()
    {
        var chunks = Plan([Job("r", 0), Job("r", 1) with { Priority = 5 }, Job("s", 0) with { Priority = 7 }], Runner("a", 2));

        Assert.Equal(["s/0", "r/1"], chunks.Select(chunk => chunk.Jobs.Single().Id));
    }

    [Fact]
    public void Runs_share_the_places_whoever_has_more_steps()
    {
        var chunks = Plan([.. Jobs("big", 100), .. Jobs("small", 2).Select(job => job with { CreatedAt = 1 })], Runner("a", 4));

        Assert.Equal(2, chunks.Count(chunk => chunk.Jobs.Single().RunId == "small"));
    }

    [Fact]
    public void A_run_that_has_places_already_gives_way()
    {
        var placed = Nothing with { ByRun = new Dictionary<string, int> { ["big"] = 3 } };

        var chunks = new PlacementPlan(placed, _ => null).Make([.. Jobs("big", 5), .. Jobs("small", 5)], [Runner("a", 3)]);

        Assert.All(chunks, chunk => Assert.Equal("small", chunk.Jobs.Single().RunId));
    }

    [Fact]
    public void A_concurrency_key_gives_out_no_more_slots_than_its_limit()
    {
        var placed = Nothing with { BySlot = new Dictionary<string, int> { ["licence"] = 1 } };

        var chunks = new PlacementPlan(placed, _ => 0.001).Make([.. Jobs("r", 5).Select(job => job with { ConcurrencyKey = "licence", ConcurrencyLimit = 3 }), Job("r", 9)], [Runner("a", 10)]);

        Assert.Equal([0, 1, 9], At(chunks, "a"));
    }

    // Some: half of them wait for the second round. Soon done: one round. Next to nothing: no more places than the work is worth.
    [Theory]
    [InlineData(0.015, 4, 13)]
    [InlineData(0.001, 4, 25)]
    [InlineData(0.0001, 1, 100)]
    public void Short_jobs_share_places(double seconds, int chunks, int jobs)
    {
        var made = new PlacementPlan(Nothing, _ => seconds).Make([.. Jobs("r", 100)], [Runner("a", 2), Runner("b", 2)]);

        Assert.Equal(chunks, made.Count);
        Assert.All(made, chunk => Assert.Equal(jobs, chunk.Jobs.Count));
    }

    [Fact]
    public void A_chunk_is_as_long_when_few_places_are_free()
    {
        var made = new PlacementPlan(Nothing, _ => 0.015).Make([.. Jobs("r", 100)], [Runner("a", 1) with { Places = 2 }, Runner("b", 0) with { Places = 2 }]);

        Assert.Equal(13, Assert.Single(made).Jobs.Count);
    }

    [Fact]
    public void A_job_that_lost_its_runner_is_given_alone()
    {
        var made = new PlacementPlan(Nothing, _ => 0.0001).Make([Job("r", 0), Job("r", 1) with { Losses = 1 }, Job("r", 2)], [Runner("a", 4)]);

        Assert.Equal([1, 2], made.Select(chunk => chunk.Jobs.Count).Order());
        Assert.Equal(1, made.Single(chunk => chunk.Jobs.Count == 1).Jobs[0].Step);
    }

    private static IReadOnlyList<JobChunk> Plan(WaitingJob[] jobs, params FreeRunner[] runners) => new PlacementPlan(Nothing, _ => null).Make(jobs, runners);

    private static List<int> At(IReadOnlyList<JobChunk> chunks, string runner) => [.. chunks.Where(chunk => chunk.Runner.Name == runner).SelectMany(chunk => chunk.Jobs).Select(job => job.Step).Order()];

    private static IEnumerable<WaitingJob> Jobs(string run, int count) => Enumerable.Range(0, count).Select(step => Job(run, step));

    private static WaitingJob Job(string run, int step) => new($"{run}/{step}", run, step, 1, "flow", "step");

    private static FreeRunner Runner(string name, int free, params string[] labels) => new(name, "session", labels.ToHashSet(), free);
}
