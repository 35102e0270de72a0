using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract.Runs;
using Flows.Hub.Logs;
using Flows.Hub.Models;
using Flows.Hub.Retention;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Flows.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Retention;

/// <summary>Old runs go with all that belongs to them, in small portions; what something refers to stays.</summary>
public sealed class RetentionTests(PostgresServer postgres)
{
    private static readonly DateTimeOffset Long = TimeProvider.System.GetUtcNow().AddDays(-100);

    [Theory, InlineData(StorageKind.Sqlite), InlineData(StorageKind.Postgres)]
    public async Task Old_runs_go_and_what_is_new_failed_pinned_registered_or_gone_on_from_stays(StorageKind kind)
    {
        using var storage = await TestStorage.NewAsync(kind, postgres);
        await using var hub = await TestHub.StartAsync(storage.Folder, storage.Options);
        await hub.ImportAsync(Some.Chain("waits", Some.Delay("d", 3600)));
        await AddAsync(hub, 30, Long);
        await AddAsync(hub, 1, Long, "faulted", RunSubStatus.Faulted);
        await AddAsync(hub, 1, TimeProvider.System.GetUtcNow().AddDays(-1), "young");
        foreach (var name in new[] { "pinned", "registered", "before" }) await AddAsync(hub, 1, Long, name);
        await hub.Http.PutAsync("/api/runs/pinned-00000/pin", null);
        await WriteAsync(hub, db => db.Add(new ModelVersionRow { Name = "m", Version = 1, RunId = "registered-00000" }));
        var live = await hub.StartRunAsync("waits");
        await WriteAsync(hub, db => db.Set<RunRow>().Where(run => run.Id == live).ExecuteUpdate(set => set.SetProperty(run => run.Request, "{\"resumedFrom\":\"before-00000\"}")));

        var pruned = await PruneAsync(hub, new RetentionOptions { KeepDays = 30, KeepFaultedDays = 365, KeepLast = 5, BatchRuns = 10 });

        Assert.Equal((25, 75), (pruned.Runs, pruned.Events));
        Assert.Equal(["before-00000", "faulted-00000", .. Enumerable.Range(25, 5).Select(i => $"old-{i:00000}"), "pinned-00000", "registered-00000", "young-00000"], (await IdsAsync(hub)).Where(id => id != live));
        Assert.Empty(hub.Services.GetRequiredService<IJournal>().Read("old-00000"));
        Assert.Empty(await LogAsync(hub, "old-00000"));
        Assert.NotEmpty(hub.Services.GetRequiredService<IJournal>().Read("old-00029"));
        Assert.Single(await LogAsync(hub, "old-00029"));
        Assert.Equal(RunStatus.Running, (await hub.RecordAsync(live)).Status);
    }

    [Fact]
    public async Task Thousands_of_old_runs_go_a_few_a_transaction_while_others_run()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(Some.Chain("goes", Some.Line("a", "x"), Some.Line("b", "y")));
        // More than the first few thousand add nothing but time.
        var many = Support.Long.Runs ? 20_000 : 4_000;
        await AddAsync(hub, many, Long, events: 1);

        var pruning = Task.Run(() => PruneAsync(hub, new RetentionOptions { KeepDays = 30, KeepLast = 100, BatchRuns = 100, BatchEvents = 100 }));
        var during = 0;
        while (!pruning.IsCompleted || during == 0)
        {
            Assert.Equal(RunSubStatus.Finished, (await hub.RunAsync("goes")).SubStatus);
            during++;
        }

        var pruned = await pruning;
        Assert.Equal((many - 100, many - 100), (pruned.Runs, pruned.Events));
        Assert.InRange(pruned.MostRuns, 1, 100);
        Assert.InRange(pruned.MostEvents, 1, 100);
        Assert.Equal(100 + during, (await IdsAsync(hub)).Count);
    }

    [Fact]
    public async Task What_would_go_is_told_without_removing_it_and_by_default_nothing_goes()
    {
        Environment.SetEnvironmentVariable("Retention__KeepDays", "30");
        Environment.SetEnvironmentVariable("Retention__KeepLast", "1");
        TestHub hub;
        try { hub = await TestHub.StartAsync(); }
        finally
        {
            Environment.SetEnvironmentVariable("Retention__KeepDays", null);
            Environment.SetEnvironmentVariable("Retention__KeepLast", null);
        }
        await using (hub)
        {
            await AddAsync(hub, 5, Long);

            var report = (await hub.Http.GetFromJsonAsync<JsonObject>("/api/retention"))!;

            Assert.Equal((4, "old-00000"), (report["runs"]!.GetValue<int>(), report["oldest"]![0]!.GetValue<string>()));
            Assert.Equal(5, (await IdsAsync(hub)).Count);
            Assert.Equal(0, (await PruneAsync(hub, new RetentionOptions())).Runs);
            Assert.Equal(4, (await (await hub.Http.PostAsync("/api/retention/prune", null)).Content.ReadFromJsonAsync<JsonObject>())!["runs"]!.GetValue<int>());
        }
    }

    private static Task<Pruned> PruneAsync(TestHub hub, RetentionOptions options) => hub.Services.GetRequiredService<Pruning>().PruneAsync(options, TestContext.Current.CancellationToken);

    private static async Task AddAsync(TestHub hub, int count, DateTimeOffset ended, string name = "old", RunSubStatus end = RunSubStatus.Finished, int events = 3)
    {
        var ids = Enumerable.Range(0, count).Select(i => $"{name}-{i:00000}").ToList();
        foreach (var chunk in ids.Chunk(2000))
        {
            await WriteAsync(hub, db => db.AddRange(chunk.Select((id, i) => new RunRow
            {
                Id = id, DefinitionId = name, DefinitionDigest = "none", Request = "{}", TokenHash = "", Status = RunStatus.Finished, SubStatus = end, CreatedAt = ended, FinishedAt = ended.AddSeconds(i),
            })));
        }
        var journal = hub.Services.GetRequiredService<IJournal>();
        await Task.WhenAll(ids.Select(id => journal.AppendAsync(id, 0, [.. Enumerable.Range(0, events).Select(i => Encoding.UTF8.GetBytes($"{i}"))])));
        await hub.Services.GetRequiredService<ILogStore>().AppendAsync([.. ids.Take(100).Select(id => new WrittenLine(id, "{}"u8.ToArray()))], default);
    }

    private static async Task WriteAsync(TestHub hub, Action<FlowsDb> write)
    {
        await using var db = await hub.Services.GetRequiredService<IDbContextFactory<FlowsDb>>().CreateDbContextAsync();
        write(db);
        await db.SaveChangesAsync();
    }

    private static async Task<IReadOnlyList<string>> IdsAsync(TestHub hub)
    {
        await using var db = await hub.Services.GetRequiredService<IDbContextFactory<FlowsDb>>().CreateDbContextAsync();
        return [.. (await db.Set<RunRow>().Select(run => run.Id).ToListAsync()).Order(StringComparer.Ordinal)];
    }

    private static async Task<IReadOnlyList<LogLine>> LogAsync(TestHub hub, string run)
    {
        using var reader = hub.Services.GetRequiredService<ILogStore>().Read(run, 0);
        return await reader.NextAsync(default);
    }
}
