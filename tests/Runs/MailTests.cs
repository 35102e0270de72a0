using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Engine;
using Flows.Hub.Runners;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Flows.Tests.Runners;
using Flows.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Runs;

/// <summary>Events that are posted to runs, wherever those are.</summary>
public sealed class MailTests(PostgresServer postgres)
{
    [Theory]
    [InlineData(StorageKind.Sqlite)]
    [LongData(StorageKind.Postgres)]
    public async Task A_letter_for_a_run_that_is_not_live_yet_is_handed_over_once_it_is_and_a_double_changes_nothing(StorageKind kind)
    {
        using var storage = await TestStorage.NewAsync(kind, postgres);
        string run, bookmark;
        await using (var hub = await TestHub.StartAsync(storage.Folder, storage.Options))
        {
            await hub.ImportAsync(Some.Chain("waits", Some.Activity("event", "Elsa.Event", ("eventName", Some.Text("ready"))), Some.Line("line", "got it"), Some.Delay("d", 0.1), Some.Line("end", "end")));
            run = await hub.StartRunAsync("waits");
            bookmark = (await hub.UntilAsync(run, record => record.SubStatus == RunSubStatus.Suspended)).Bookmarks.Single().Id;
        }
        await using (var store = new RunStore(storage))
        {
            var mail = new RunMail(store, storage, new Signals());
            Assert.Equal(Posted.Kept, await mail.KeepAsync(run, new RunEvent.BookmarkResumed(bookmark, "one"), default));
            Assert.Equal(Posted.Kept, await mail.KeepAsync(run, new RunEvent.BookmarkResumed(bookmark, "two"), default));
            Assert.Equal(Posted.Unknown, await mail.KeepAsync("nobody", new RunEvent.CancelRequested("me"), default));
        }

        await using var next = await TestHub.StartAsync(storage.Folder, storage.Options);
        var record = await next.UntilAsync(run, record => record.Status == RunStatus.Finished);

        Assert.Equal(["got it", "end"], record.Lines);
        Assert.Equal("one", (string?)record.Steps.Single(step => step.ActivityId == "event").Outputs?["result"]);
        await Eventually.TrueAsync(async () => await RowsAsync(next) is (0, 0));
        await Eventually.TrueAsync(async () => await next.Services.GetRequiredService<RunHost>().PostAsync(run, new RunEvent.CancelRequested("me")) == Posted.Over);
    }

    /// <summary>
    /// A runner died with the first attempt, another did the second, and told it to an orchestrator while the run's owner was dead. The
    /// journal knows of neither: its next owner would begin a second attempt of its own.
    /// </summary>
    [Theory]
    [InlineData(StorageKind.Sqlite)]
    [InlineData(StorageKind.Postgres)]
    public async Task A_step_whose_result_is_a_letter_is_not_begun_again_by_the_next_owner(StorageKind kind)
    {
        using var storage = await TestStorage.NewAsync(kind, postgres);
        string run;
        await using (var hub = await TestHub.StartAsync(storage.Folder, storage.Options with { Capacity = 0 }))
        {
            await hub.ImportAsync(Some.Chain("told", RunnerSite.Probe("p", 0), Some.Line("line", "after")));
            run = await hub.StartRunAsync("told");
            await Eventually.TrueAsync(async () => (await JobsAsync(storage)).Count == 1);
        }
        var step = (await JobsAsync(storage)).Single().Step;
        await using (var db = storage.CreateDbContext())
        {
            await db.Set<StepJobRow>().ExecuteUpdateAsync(set => set.SetProperty(job => job.State, JobState.Placed).SetProperty(job => job.Attempt, 2).SetProperty(job => job.Runner, "far").SetProperty(job => job.Session, "1"));
        }
        await using (var store = new RunStore(storage))
        {
            var mail = new RunMail(store, storage, new Signals());
            Assert.Equal(Posted.Kept, await mail.KeepAsync(run, new RunEvent.StepBegun(step, 2, "far"), default));
            Assert.Equal(Posted.Kept, await mail.KeepAsync(run, new RunEvent.StepEnded(step, 2, new StepResult()), default));
        }

        await using var next = await TestHub.StartAsync(storage.Folder, storage.Options with { Capacity = 1 });
        var record = await next.UntilAsync(run, record => record.Status == RunStatus.Finished);
        await Eventually.TrueAsync(async () => (await JobsAsync(storage)).Count == 0 && await RowsAsync(next) is (0, 0));

        Assert.Equal((2, "far"), record.Steps.Where(one => one.ActivityId == "p").Select(one => (one.Attempt, one.Runner)).Single());
        Assert.Single(await BeginningsAsync(storage, run));
    }

    private static async Task<IReadOnlyList<StepJobRow>> JobsAsync(TestStorage storage)
    {
        await using var db = storage.CreateDbContext();
        return await db.Set<StepJobRow>().AsNoTracking().ToListAsync();
    }

    private static async Task<IReadOnlyList<RunEvent.StepBegun>> BeginningsAsync(TestStorage storage, string run)
    {
        var journal = storage.OpenJournal();
        try { return [.. journal.Read(run).Select(body => JsonSerializer.Deserialize<RunEvent>(body, ContractJson.Options)).OfType<RunEvent.StepBegun>()]; }
        finally { await journal.DisposeAsync(); }
    }

    [Fact]
    public async Task What_waits_by_name_is_found_in_the_database_with_the_run_s_correlation_id()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(Some.Chain("waits", Some.Activity("correlate", "Elsa.Correlate", ("correlationId", Some.Text("order-7"))), Some.Activity("event", "Elsa.Event", ("eventName", Some.Text("ready")))));
        var run = await hub.StartRunAsync("waits");
        var waiting = hub.Services.GetRequiredService<WaitingSteps>();

        await Eventually.TrueAsync(async () => (await waiting.FindAsync("Elsa.Event", "ready", "order-7")).SingleOrDefault() is { ActivityId: "event" } row && row.RunId == run);
        Assert.Empty(await waiting.FindAsync("Elsa.Event", "ready", "order-8"));
        Assert.Empty(await waiting.FindAsync("Elsa.Event", "other", null));

        Assert.Equal(1, (await hub.Services.GetRequiredService<RunHost>().DeliverAsync(new EventNews("ready", null, "order-7"))).Delivered);
        await Eventually.TrueAsync(async () => (await waiting.FindAsync("Elsa.Event", "ready", null)).Count == 0);
    }

    private static async Task<(int Letters, int Bookmarks)> RowsAsync(TestHub hub)
    {
        await using var db = await hub.Services.GetRequiredService<IDbContextFactory<FlowsDb>>().CreateDbContextAsync();
        return (await db.Set<RunMailRow>().CountAsync(), await db.Set<BookmarkRow>().CountAsync());
    }
}
