using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Audit;
using Flows.Designer.Audit;
using Flows.Hub.Audit;
using Flows.Hub.Storage;
using Flows.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Audit;

/// <summary>Who did what: every writing route is recorded, and whatever is done to the rows afterwards shows.</summary>
public sealed class AuditTests(PostgresServer postgres)
{
    /// <summary>Writing routes that are not recorded, each on purpose.</summary>
    private static readonly string[] Unrecorded =
    [
        "DELETE /api/flows/{definitionId}/presence/{visitor}",
        "POST /api/artifacts/verify", "POST /api/flows/check",
        "POST /api/runners/{name}/heartbeat", "POST /api/runners/{name}/reports", "POST /api/runners/{name}/take",
        "POST /api/runs/{id}/tracking",
        "POST /api/steps/{stepId}/deployments/{name}/ask", "POST /api/steps/{stepId}/heartbeat", "POST /api/steps/{stepId}/reports", "POST /api/steps/{stepId}/take", "POST /api/steps/{stepId}/token", "POST /api/steps/{stepId}/tracking",
        "POST /api/v1/lineage",
        "PUT /api/artifacts/{sha256}", "PUT /api/flows/{definitionId}/presence/{visitor}",
    ];

    [Fact]
    public async Task Every_writing_route_leaves_a_row_and_those_that_do_not_are_listed_here()
    {
        await using var hub = await TestHub.StartAsync();
        var routes = hub.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(route => route.RoutePattern.RawText!.StartsWith("/api/", StringComparison.Ordinal) && route.RoutePattern.RawText != "/api/{**path}")
            .SelectMany(route => (route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []).Select(method => (Method: method, Pattern: route.RoutePattern)))
            .Where(route => route.Method is not ("GET" or "HEAD" or "OPTIONS")).ToList();
        Assert.True(routes.Count > 30, $"only {routes.Count} writing routes were found");

        var (silent, told, kinds) = (new List<string>(), new List<string>(), new HashSet<string>());
        foreach (var (method, pattern) in routes)
        {
            var before = await LastAsync(hub);
            var path = string.Join('/', pattern.PathSegments.Select(segment => segment.Parts[0] is Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart ? "none" : ((Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart)segment.Parts[0]).Content));
            using var answer = await hub.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), "/" + path) { Content = new StringContent("{}", Encoding.UTF8, "application/json") });
            var name = $"{method} {pattern.RawText!.TrimEnd('/')}";
            var rows = await hub.Http.GetFromJsonAsync<List<AuditRecord>>($"/api/audit?after={before}", ContractJson.Options);
            if (rows is [var row])
            {
                Assert.Equal((int)answer.StatusCode, row.Status);
                told.Add(name);
                kinds.Add(row.Kind);
            }
            else silent.Add(name);
        }

        Assert.Equal(Unrecorded.Order(StringComparer.Ordinal), silent.Order(StringComparer.Ordinal));
        // The page has a choice for each; sessions have no route of the API.
        Assert.Equal(kinds.Append("session").Order(StringComparer.Ordinal), AuditWords.Kinds);
    }

    [Fact]
    public async Task A_row_says_who_did_what_to_what_from_where_and_what_became_of_it_and_nothing_of_the_value()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(Some.Chain("noted", Some.Line("a", "x")));
        var run = (await hub.RunAsync("noted")).Id;
        var started = await hub.StartRunAsync("noted");
        await hub.Http.PutAsJsonAsync("/api/secrets/key", new { value = "not-for-the-log" });
        await hub.Http.PutAsJsonAsync("/api/secrets/key", new { value = "no" });
        await hub.Http.DeleteAsync("/api/secrets/none");
        var foreign = new HttpRequestMessage(HttpMethod.Delete, "/api/flows/noted") { Headers = { { "Origin", "http://evil.example" } } };
        await hub.Http.SendAsync(foreign);
        await hub.Http.PutAsync("/api/flows/noted/files/a%0Ab.txt", new StringContent("x"));

        var text = await hub.Http.GetStringAsync("/api/audit");
        var rows = JsonSerializer.Deserialize<List<AuditRecord>>(text, ContractJson.Options)!;

        Assert.DoesNotContain("not-for-the-log", text);
        Assert.Equal(
        [
            ("flow.import", "", 200), ("run.start", "noted", 200), ("run.start", "noted", 202), ("secret.save", "key", 204), ("secret.save", "key", 400),
            ("secret.delete", "none", 404), ("flow.delete", "noted", 403), ("flow.files.save", "noted", rows[^1].Status),
        ], rows.Select(row => (row.Action, row.Thing, row.Status)));
        Assert.All(rows, row => Assert.Equal(("local", "127.0.0.1", "default"), (row.Actor, row.Address, row.ProjectId)));
        Assert.DoesNotContain('\n', (string)rows[^1].Details!["path"]!);
        Assert.Equal(started, (string?)rows[2].Details!["made"]);
        Assert.NotEqual(run, started);
        Assert.Equal(["secret.save", "secret.save", "secret.delete"], (await hub.Http.GetFromJsonAsync<List<AuditRecord>>("/api/audit?kind=secret", ContractJson.Options))!.Select(row => row.Action));
        Assert.Empty((await hub.Http.GetFromJsonAsync<List<AuditRecord>>("/api/audit?actor=nobody", ContractJson.Options))!);
        var lines = (await hub.Http.GetStringAsync("/api/audit/export")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(rows.Select(row => row.Hash), lines.Select(line => (string)JsonNode.Parse(line)!["hash"]!));
    }

    [Theory, InlineData(StorageKind.Sqlite), InlineData(StorageKind.Postgres)]
    public async Task Whatever_is_done_to_rows_by_hand_is_found_and_the_first_is_named(StorageKind kind)
    {
        using var storage = await TestStorage.NewAsync(kind, postgres);
        await using var hub = await TestHub.StartAsync(storage.Folder, storage.Options);
        var log = hub.Services.GetRequiredService<AuditLog>();
        for (var i = 1; i <= 9; i++) await log.RecordAsync(new AuditEntry("test.write", "test", $"thing {i}"));
        var good = await VerifyAsync(hub);
        Assert.Equal((9, null), (good.Rows, good.Damage));

        async Task IsFoundAsync(string how, AuditDamage damage, long seq, string sql, string back)
        {
            await ExecuteAsync(hub, sql);
            var verdict = await VerifyAsync(hub);
            Assert.True((verdict.Damage, verdict.Seq) == (damage, seq), $"{how}: {verdict.Damage} of {verdict.Seq} instead of {damage} of {seq}");
            Assert.Equal(seq - 1, verdict.Rows);
            Assert.Contains($"Row {seq} ", verdict.Message);
            await ExecuteAsync(hub, back);
            Assert.Null((await VerifyAsync(hub)).Damage);
        }

        const string keep = "DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT * FROM audit;";
        const string back = "DELETE FROM audit; INSERT INTO audit SELECT * FROM kept;";
        await ExecuteAsync(hub, keep);
        await IsFoundAsync("changed", AuditDamage.Changed, 4, "UPDATE audit SET \"Thing\" = 'nothing' WHERE \"Seq\" = 4", back);
        await IsFoundAsync("its actor changed", AuditDamage.Changed, 9, "UPDATE audit SET \"Author\" = 'somebody else' WHERE \"Seq\" = 9", back);
        await IsFoundAsync("removed", AuditDamage.Missing, 5, "DELETE FROM audit WHERE \"Seq\" = 5", back);
        await IsFoundAsync("removed and closed up", AuditDamage.Changed, 5, "DELETE FROM audit WHERE \"Seq\" = 5; UPDATE audit SET \"Seq\" = -(\"Seq\" - 1) WHERE \"Seq\" > 5; UPDATE audit SET \"Seq\" = -\"Seq\" WHERE \"Seq\" < 0", back);
        await IsFoundAsync("two reordered", AuditDamage.Changed, 3, "UPDATE audit SET \"Seq\" = -3 WHERE \"Seq\" = 3; UPDATE audit SET \"Seq\" = 3 WHERE \"Seq\" = 6; UPDATE audit SET \"Seq\" = 6 WHERE \"Seq\" = -3", back);
        await IsFoundAsync("the first removed", AuditDamage.Missing, 1, "DELETE FROM audit WHERE \"Seq\" = 1", back);
        await IsFoundAsync("the last two removed", AuditDamage.CutOff, 8, "DELETE FROM audit WHERE \"Seq\" > 7", back);
        await IsFoundAsync("all removed", AuditDamage.CutOff, 1, "DELETE FROM audit", back);

        await IsForeignAsync(hub);
        await ExecuteAsync(hub, back + "DROP TABLE kept;");
        await log.RecordAsync(new AuditEntry("test.write", "test", "after all that"));
        Assert.Equal((10, null), ((await VerifyAsync(hub)).Rows, (await VerifyAsync(hub)).Damage));
    }

    // With a hash that is right: the rule is no secret.
    private static async Task IsForeignAsync(TestHub hub)
    {
        await using var db = await hub.Services.GetRequiredService<IDbContextFactory<FlowsDb>>().CreateDbContextAsync();
        var last = await db.Set<AuditRow>().AsNoTracking().OrderByDescending(row => row.Seq).FirstAsync();
        var forged = new AuditRow { Seq = last.Seq + 1, At = last.At.AddSeconds(1), Author = "somebody", Action = "test.write", Kind = "test", Thing = "forged", Address = "", Status = 200, Details = "{}", Previous = last.Hash, Seal = last.Seal };
        forged.Hash = AuditChain.HashOf(forged);
        db.Add(forged);
        await db.SaveChangesAsync();

        var verdict = await VerifyAsync(hub);

        Assert.Equal((AuditDamage.Foreign, last.Seq + 1), (verdict.Damage, verdict.Seq));
    }

    [Fact]
    public async Task A_log_written_anew_with_keys_and_head_file_is_found_by_a_head_that_was_kept_elsewhere()
    {
        await using var hub = await TestHub.StartAsync();
        var log = hub.Services.GetRequiredService<AuditLog>();
        for (var i = 1; i <= 3; i++) await log.RecordAsync(new AuditEntry("test.write", "test", "as it was"));
        var kept = (await VerifyAsync(hub)).Head;
        await ExecuteAsync(hub, "DELETE FROM audit");
        for (var i = 1; i <= 4; i++) await log.RecordAsync(new AuditEntry("test.write", "test", "as it suits"));

        Assert.Null((await VerifyAsync(hub)).Damage);
        Assert.Equal((AuditDamage.Changed, 3L), ((await VerifyAsync(hub, kept)).Damage, (await VerifyAsync(hub, kept)).Seq));
    }

    [Fact]
    public async Task A_cut_leaves_a_sealed_stub_is_itself_recorded_and_refuses_a_damaged_log()
    {
        await using var hub = await TestHub.StartAsync();
        var log = hub.Services.GetRequiredService<AuditLog>();
        for (var i = 1; i <= 5; i++) await log.RecordAsync(new AuditEntry("test.write", "test", $"{i}"));

        var answer = await hub.Http.PostAsJsonAsync("/api/audit/cut", new { before = TimeProvider.System.GetUtcNow() });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        var rows = (await hub.Http.GetFromJsonAsync<List<AuditRecord>>("/api/audit", ContractJson.Options))!;

        Assert.Equal(("audit.cut", 6L), (rows.Single().Action, rows.Single().Seq));
        Assert.Equal((1, null), ((await VerifyAsync(hub)).Rows, (await VerifyAsync(hub)).Damage));
        await ExecuteAsync(hub, "UPDATE audit SET \"Thing\" = 'x' WHERE \"Seq\" = 6");
        Assert.Equal(HttpStatusCode.Conflict, (await hub.Http.PostAsJsonAsync("/api/audit/cut", new { before = TimeProvider.System.GetUtcNow() })).StatusCode);
        await ExecuteAsync(hub, "UPDATE audit SET \"Thing\" = '' WHERE \"Seq\" = 6; UPDATE audit_stubs SET \"Hash\" = 'made up'");
        Assert.Equal(AuditDamage.Foreign, (await VerifyAsync(hub)).Damage);
    }

    [Fact]
    public async Task A_thousand_entries_from_two_orchestrators_are_one_chain()
    {
        var storage = await postgres.NewDatabaseAsync();
        await using var first = await TestHub.StartAsync(options: new() { Storage = storage, Capacity = 0 });
        await using var second = await TestHub.StartAsync(options: new() { Storage = storage, Capacity = 0 });

        await Task.WhenAll(new[] { first, second }.SelectMany((hub, server) => Enumerable.Range(0, 10).Select(async writer =>
        {
            for (var i = 0; i < 50; i++) await hub.Services.GetRequiredService<AuditLog>().RecordAsync(new AuditEntry("test.write", "test", $"{server}-{writer}-{i}"));
        })));

        Assert.Equal((1000, null), ((await VerifyAsync(first)).Rows, (await VerifyAsync(second)).Damage));
        await using var db = await first.Services.GetRequiredService<IDbContextFactory<FlowsDb>>().CreateDbContextAsync();
        var rows = await db.Set<AuditRow>().AsNoTracking().OrderBy(row => row.Seq).ToListAsync();
        Assert.Equal(1000, rows.Select(row => row.Thing).Distinct().Count());
        Assert.Equal(Enumerable.Range(1, 1000).Select(seq => (long)seq), rows.Select(row => row.Seq));
    }

    [Fact]
    public async Task A_change_that_cannot_be_recorded_is_not_made()
    {
        await using var hub = await TestHub.StartAsync();
        await ExecuteAsync(hub, "ALTER TABLE audit RENAME TO away");

        var answer = await hub.Http.PutAsJsonAsync("/api/secrets/key", new { value = "some value" });

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        await ExecuteAsync(hub, "ALTER TABLE away RENAME TO audit");
        Assert.Equal("[]", await hub.Http.GetStringAsync("/api/secrets"));
    }

    private static async Task<long> LastAsync(TestHub hub) => (await hub.Http.GetFromJsonAsync<List<AuditRecord>>("/api/audit?limit=1", ContractJson.Options))!.LastOrDefault()?.Seq ?? 0;

    private static async Task<AuditVerdict> VerifyAsync(TestHub hub, string? head = null) => (await hub.Http.GetFromJsonAsync<AuditVerdict>($"/api/audit/verify?head={head}", ContractJson.Options))!;

    private static async Task ExecuteAsync(TestHub hub, string sql)
    {
        await using var db = await hub.Services.GetRequiredService<IDbContextFactory<FlowsDb>>().CreateDbContextAsync();
        await db.Database.ExecuteSqlRawAsync(sql);
    }
}
