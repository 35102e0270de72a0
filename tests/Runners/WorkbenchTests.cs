using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Flows.Engine;
using Flows.Hub.Runners;
using Flows.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Flows.Tests.Runners;

/// <summary>One runner's work, with a way to the server that the test holds in its hand.</summary>
public sealed class WorkbenchTests
{
    [Fact]
    public async Task A_job_that_is_handed_over_twice_at_once_is_begun_once()
    {
        await using var hub = await TestHub.StartAsync();
        var link = new HeldLink();
        var bench = Bench(hub, link);

        var both = new[] { bench.CarryOutAsync(["run/1/1"]), bench.CarryOutAsync(["run/1/1"]) };
        await link.AnswerAsync("run/1/1");
        await Eventually.TrueAsync(() => link.Reports.OfType<StepReport.Ended>().Any(), "it has ended");
        await link.AnswerAsync("run/1/1");
        await Task.WhenAll(both);

        Assert.Single(link.Reports.OfType<StepReport.Begun>());
    }

    [Fact]
    public async Task A_job_whose_end_the_server_does_not_have_yet_is_not_begun_again()
    {
        await using var hub = await TestHub.StartAsync();
        var link = new HeldLink { Undelivered = ["run/1/1"] };

        var again = Bench(hub, link).CarryOutAsync(["run/1/1"]);
        await link.AnswerAsync("run/1/1");

        Assert.Equal(0, await again);
        Assert.Empty(link.Reports);
    }

    [Fact]
    public async Task A_later_attempt_of_a_step_begins_when_the_earlier_one_is_dead()
    {
        await using var hub = await TestHub.StartAsync();
        var link = new HeldLink();
        var bench = Bench(hub, link);

        var earlier = bench.CarryOutAsync(["run/1/1"]);
        await link.AnswerAsync("run/1/1", seconds: 600);
        await Eventually.TrueAsync(() => link.Reports.OfType<StepReport.Begun>().Any(), "the earlier one has begun");
        var later = bench.CarryOutAsync(["run/1/2"]);
        await link.AnswerAsync("run/1/2");
        await Task.WhenAll(earlier, later);

        Assert.Equal(["begun 1", "stopped 1", "begun 2", "ended 2"], link.Reports.Select(report => $"{report.GetType().Name.ToLowerInvariant()} {report.Key[^1]}"));
    }

    private static Workbench Bench(TestHub hub, HeldLink link) => new(
        link, hub.Services.GetRequiredService<StepContexts>(), hub.Services.GetRequiredService<StepExecutor>(), hub.Services.GetRequiredService<IHostApplicationLifetime>());

    /// <summary>Answers when the test says so, and keeps what it is told.</summary>
    private sealed class HeldLink : IRunnerLink
    {
        private readonly ConcurrentQueue<TaskCompletionSource<IReadOnlyList<StepAssignment>>> _asked = [];

        public string Runner => "held";

        public IReadOnlyCollection<string> Undelivered { get; init; } = [];

        public ConcurrentQueue<StepReport> Reports { get; } = [];

        public Task<IReadOnlyList<StepAssignment>> TakeAsync(IReadOnlyList<string> keys, CancellationToken cancellation)
        {
            var answer = new TaskCompletionSource<IReadOnlyList<StepAssignment>>(TaskCreationOptions.RunContinuationsAsynchronously);
            _asked.Enqueue(answer);
            return answer.Task;
        }

        public void Report(StepReport report) => Reports.Enqueue(report);

        /// <summary>Gives the job to whoever asked first; does nothing when nobody did.</summary>
        public Task AnswerAsync(string key, double seconds = 0)
        {
            if (!_asked.TryDequeue(out var asked)) return Task.CompletedTask;
            var job = JobKey.Parse(key)!.Value;
            var probe = RunnerSite.Probe("p", seconds);
            asked.SetResult([new StepAssignment(key, job.RunId, job.StepId, job.Attempt) { Activity = probe, Inputs = new JsonObject { ["seconds"] = seconds } }]);
            return asked.Task;
        }
    }
}
