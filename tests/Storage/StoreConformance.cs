using System.Net;
using Flows.Contract;
using Flows.Contract.Artifacts;
using Flows.Contract.Definitions;
using Flows.Contract.Models;
using Flows.Contract.Runs;
using Flows.Hub.Flows;
using Flows.Hub.Models;
using Flows.Hub.Orchestrators;
using Flows.Hub.Runs;
using Flows.Hub.Web;
using Flows.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Storage;

/// <summary>What the stores of flows, runs and models keep to on every storage, asked of the server's own objects.</summary>
public abstract class StoreConformance(StorageKind kind, PostgresServer postgres) : IAsyncLifetime
{
    private TestStorage _storage = null!;
    private TestHub _hub = null!;

    public async ValueTask InitializeAsync()
    {
        _storage = await TestStorage.NewAsync(kind, postgres);
        _hub = await TestHub.StartAsync(_storage.Folder, _storage.Options);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _hub.DisposeAsync();
        _storage.Dispose();
    }

    private T Of<T>() where T : notnull => _hub.Services.GetRequiredService<T>();

    [Fact]
    public async Task A_flow_goes_from_draft_to_published_to_the_next_draft()
    {
        var flows = Of<FlowStore>();

        var draft = await flows.SaveAsync(Flow("f"), null, default);
        var published = await flows.PublishAsync("f", null, default);
        var next = await flows.SaveAsync(Flow("f", "other"), null, default);

        Assert.Equal([1, 1, 2], new[] { draft, published, next }.Select(saved => saved.Version));
        Assert.Equal([(2, false), (1, true)], (await flows.HistoryAsync("f", default)).Select(version => (version.Version, version.IsPublished)));
        Assert.Equal(1, (await flows.PublishedAsync("f", default))!.Version);
    }

    [Fact]
    public async Task Of_ten_who_edited_the_same_draft_at_once_one_wins()
    {
        var flows = Of<FlowStore>();
        var draft = await flows.SaveAsync(Flow("f"), null, default);

        var saves = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Task.Run(async () =>
        {
            try { return (await flows.SaveAsync(Flow("f", $"text {i}"), draft.ETag, default)).ETag; }
            catch (RequestFault refused) when (refused.Status == 412) { return null; }
        })));

        Assert.Single(saves, etag => etag is not null);
    }

    [Fact]
    public async Task Flows_are_listed_with_the_latest_change_first_and_go_when_deleted()
    {
        var flows = Of<FlowStore>();
        foreach (var id in new[] { "b", "a", "Ä", "_" }) await flows.SaveAsync(Flow(id), null, default);

        Assert.Equal(["_", "Ä", "a", "b"], (await flows.ListAsync(default)).Select(flow => flow.DefinitionId));
        Assert.True(await flows.DeleteAsync("a", default));
        Assert.False(await flows.DeleteAsync("a", default));
        Assert.Null(await flows.FindAsync("a", null, default));
    }

    [Fact]
    public async Task Runs_are_listed_newest_first_and_filtered_and_paged()
    {
        var runs = Of<RunStore>();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => runs.AddAsync(Row($"2026-{i:000}", i % 2 == 0 ? "even" : "odd"), Flow("same"))));
        await runs.MarkAsync((await runs.FindAsync("2026-010"))!, RunStatus.Running, RunSubStatus.Suspended);

        var page = await runs.ListAsync(new RunFilter("even", null, null, "2026-009", 3), default);
        var waiting = await runs.ListAsync(new RunFilter(null, RunStatus.Running, RunSubStatus.Suspended, null, 200), default);

        Assert.Equal(["2026-008", "2026-006", "2026-004"], page.Select(run => run.Id));
        Assert.Equal(["2026-010"], waiting.Select(run => run.Id));
        Assert.Equal(50, (await Of<RunClaims>().OwnAsync(default)).Count);
    }

    [Fact]
    public async Task A_finished_run_keeps_its_record_and_its_times_exactly()
    {
        var runs = Of<RunStore>();
        var at = new DateTimeOffset(2026, 3, 29, 3, 30, 0, TimeSpan.FromHours(2)).AddTicks(1234567);
        await runs.AddAsync(Row("r", "f", at), Flow("f", "Grüße \u0001 \ud83d\ude00"));

        await runs.EndAsync("r", new RunRecord { Id = "r", DefinitionId = "f", Status = RunStatus.Finished, SubStatus = RunSubStatus.Finished, FinishedAt = at, Lines = ["a\0b"] });

        var row = (await runs.FindAsync("r"))!;
        Assert.Equal((at, at), (row.CreatedAt, row.FinishedAt));
        Assert.Contains("a\\u0000b", row.Record);
        Assert.Empty(await Of<RunClaims>().OwnAsync(default));
        Assert.Contains("Grüße", (await runs.DefinitionAsync(row.DefinitionDigest)).Json.ToJsonString(ContractJson.Options));
    }

    [Fact]
    public async Task One_refused_run_fails_none_of_those_beside_it()
    {
        var runs = Of<RunStore>();
        await runs.AddAsync(Row("taken", "f"), Flow("f"));

        var adds = Enumerable.Range(0, 50).Select(i => runs.AddAsync(Row(i == 25 ? "taken" : $"run{i}", "f"), Flow("f"))).ToList();

        await Assert.ThrowsAnyAsync<DbUpdateException>(() => adds[25]);
        await Task.WhenAll(adds.Where((_, i) => i != 25));
        Assert.Equal(50, (await Of<RunClaims>().OwnAsync(default)).Count);
    }

    [Fact]
    public async Task Model_versions_count_up_and_an_alias_moves()
    {
        var models = Of<ModelRegistry>();
        for (var i = 0; i < 3; i++) await models.RegisterAsync(new ModelRegistration("m", Model(i)) { Aliases = i == 0 ? ["champion"] : [] }, CancellationToken.None);

        await models.SetAliasAsync("m", 2, "champion", "default", default);

        Assert.Equal([3, 2, 1], (await models.VersionsAsync("m", "default", default)).Select(version => version.Version));
        Assert.Equal(2, (await models.FindByAliasAsync("m", "champion", "default", default))!.Version);
        Assert.Equal(3, (await models.ListAsync("default", default)).Single().LatestVersion);
    }

    [Fact]
    public async Task A_flow_is_imported_run_and_read_over_http()
    {
        await _hub.ImportAsync(Some.Chain("http", Some.Line("a", "one"), Some.Delay("d", 0.05), Some.Line("b", "two")));

        var runs = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => _hub.RunAsync("http")));

        Assert.All(runs, run => Assert.Equal((RunSubStatus.Finished, 2), (run.SubStatus, run.Lines.Count)));
        Assert.Equal(HttpStatusCode.OK, (await _hub.Http.GetAsync("/health/ready")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _hub.Http.GetAsync($"/api/runs/{runs[0].Id}/journal")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _hub.Http.GetAsync("/api/deployments")).StatusCode);
    }

    private static FlowDefinition Flow(string id, string text = "one") => FlowFile.ReadOne(Some.Chain(id, Some.Line("a", text)));

    private RunRow Row(string id, string flow, DateTimeOffset? at = null) => new()
    {
        OwnerId = Of<Orchestrator>().Id,
        Id = id,
        DefinitionId = flow,
        DefinitionDigest = RunStore.Digest(flow),
        Request = "{}",
        TokenHash = "",
        Status = RunStatus.Running,
        CreatedAt = at ?? default,
    };

    private static Artifact Model(int content) => new(RunStore.Digest($"{content}"), "Model", "model", 1);
}

public sealed class SqliteStoreTests(PostgresServer postgres) : StoreConformance(StorageKind.Sqlite, postgres);

public sealed class PostgresStoreTests(PostgresServer postgres) : StoreConformance(StorageKind.Postgres, postgres);
