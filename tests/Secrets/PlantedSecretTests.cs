using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract.Runs;
using Flows.Hub;
using Flows.Tests.Runners;
using Flows.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Flows.Tests.Secrets;

/// <summary>
/// Plants a secret, has steps print it, echo it, fault with it and write it into outputs, and then looks for it in everything that is kept
/// or was streamed: the data folder's bytes (SQLite with its WAL), every table of PostgreSQL, a runner's folder, records, logs, events, exports.
/// </summary>
public sealed class PlantedSecretTests(PostgresServer postgres) : IAsyncLifetime
{
    private const string Planted = "pl4nt3d/S3cret+\"q\" & 7=";

    private const string Loud = """
        import base64, json, sys, urllib.parse, flows
        v = flows.secret("planted")
        print("plain", v)
        print("base64", base64.b64encode(v.encode()).decode(), base64.b64encode(("user:" + v).encode()).decode())
        print("url", urllib.parse.quote(v, safe=""), urllib.parse.quote_plus(v))
        print("json", json.dumps({"key": v}), "hex", v.encode().hex(), "repr", repr(v))
        print("x" * (8192 - 12) + v)
        print(v, file=sys.stderr)
        flows.metric("share of " + v, 1)
        """;

    private WebApplication _echo = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _echo = builder.Build();
        _echo.Map("/", (HttpContext http) => Results.Json(new { said = http.Request.Headers.Authorization.ToString(), key = http.Request.Headers["X-Key"].ToString() }));
        await _echo.StartAsync();
    }

    public ValueTask DisposeAsync() => _echo.DisposeAsync();

    [Fact]
    public async Task On_one_machine_it_is_nowhere_in_the_data_folder()
    {
        await using var hub = await TestHub.StartAsync();
        await PlantAsync(hub);

        var streamed = await RunAllAsync(hub);

        Missing(streamed.Concat(Files(hub.Data)));
    }

    [Fact]
    public async Task With_postgres_it_is_in_no_table_and_no_folder()
    {
        var storage = await postgres.NewDatabaseAsync();
        await using var hub = await TestHub.StartAsync(options: new HubOptions { Storage = storage });
        await PlantAsync(hub);

        var streamed = await RunAllAsync(hub);

        Missing(streamed.Concat(Files(hub.Data)).Concat(await TablesAsync(storage)));
    }

    [Fact]
    public async Task A_runner_elsewhere_gets_only_what_its_step_names_and_keeps_nothing_of_it()
    {
        await using var site = await RunnerSite.StartAsync();
        await PlantAsync(site.Hub);
        await SecretTests.PutAsync(site.Hub, "other", "n0t-for-this-step");
        await site.RunnerAsync("away");

        var streamed = await RunAllAsync(site.Hub);

        Missing(streamed.Concat(Files(site.Hub.Data)).Concat(Files(site.Folder)));
        await site.Hub.ImportAsync(Some.Chain("curious", Script("""
            import json, os, urllib.request, urllib.error
            def ask(name):
                request = urllib.request.Request(f"{os.environ['FLOWS_SERVER']}/api/steps/{os.environ['FLOWS_STEP_ID']}/secrets/{name}", headers={"Authorization": "Bearer " + os.environ["FLOWS_TOKEN"]})
                try: return len(json.load(urllib.request.urlopen(request))["value"])
                except urllib.error.HTTPError as refused: return refused.code
            print("asked", ask("planted"), ask("other"))
            """)));
        var run = await site.Hub.RunAsync("curious");
        Assert.Contains($"asked {Planted.Length} 404", await site.Hub.Http.GetStringAsync($"/api/runs/{run.Id}/logs"));
    }

    private static async Task PlantAsync(TestHub hub)
    {
        await SecretTests.PutAsync(hub, "planted", Planted);
        await SecretTests.PutAsync(hub, "headers", new JsonObject { ["X-Key"] = Planted }.ToJsonString());
    }

    // The steps do get it: what they say is masked, and what the echo measured is the whole value.
    private async Task<IEnumerable<(string Where, byte[] Bytes)>> RunAllAsync(TestHub hub)
    {
        var send = Some.Activity("send", "Elsa.SendHttpRequest", ("url", Some.Text(_echo.Urls.First())), ("authorization", SecretTests.Secret("planted")), ("requestHeaders", SecretTests.Secret("headers")));
        var plain = Script(Loud, "plain");
        plain["isolation"] = Some.Text("process");
        await hub.ImportAsync(Some.Chain("loud", Script(Loud), plain, send));
        await hub.ImportAsync(Some.Chain("broken", Script("import flows\nraise ValueError('cannot use ' + flows.secret('planted'))")));
        var leak = Script("import flows\nopen(flows.output('out') + '.txt', 'w').write('x' * 1000 + flows.secret('planted'))");
        leak["customProperties"] = new JsonObject { ["ports"] = new JsonObject { ["outputs"] = new JsonArray(new JsonObject { ["name"] = "out", ["type"] = "File" }) } };
        await hub.ImportAsync(Some.Chain("leak", leak));

        var loud = await hub.RunAsync("loud");
        var (broken, leaked) = (await hub.RunAsync("broken"), await hub.RunAsync("leak"));

        Assert.True(loud.SubStatus == RunSubStatus.Finished, string.Join(' ', loud.Incidents));
        Assert.Equal("""{"said":"•••","key":"•••"}""", SecretTests.Step(loud, "send").Outputs!["parsedContent"]!.ToJsonString(Flows.Contract.ContractJson.Options));
        Assert.Equal("•••", (string?)SecretTests.Step(loud, "send").Inputs!["authorization"]);
        Assert.Contains("cannot use •••", SecretTests.Step(broken, "script").Fault);
        Assert.Contains("holds the value of a secret", SecretTests.Step(leaked, "script").Fault);
        var log = await hub.Http.GetStringAsync($"/api/runs/{loud.Id}/logs");
        Assert.Contains("plain •••", log);

        var paths = new[] { loud, broken, leaked }.SelectMany(run => new[] { $"/api/runs/{run.Id}", $"/api/runs/{run.Id}/logs", $"/api/runs/{run.Id}/events", $"/api/runs/{run.Id}/journal", $"/api/flows/{run.DefinitionId}/export", $"/api/flows/{run.DefinitionId}/export?format=bundle" })
            .Concat(["/api/runs", "/api/secrets", "/api/audit", "/api/audit/export"]);
        var read = new List<(string, byte[])>();
        foreach (var path in paths) read.Add((path, await hub.Http.GetByteArrayAsync(path)));
        return read;
    }

    private static JsonObject Script(string text, string id = "script") => Some.Activity(id, "Flows.PythonScript", ("script", Some.Text(text)), ("secrets", Some.Text("planted")));

    private static IEnumerable<(string, byte[])> Files(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(path => Path.GetFileName(path) != "owner.lock"))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new MemoryStream();
            file.CopyTo(bytes);
            yield return (path, bytes.ToArray());
        }
    }

    // Every row of every table as text; bytes are shown as hex.
    private static async Task<IReadOnlyList<(string, byte[])>> TablesAsync(string storage)
    {
        await using var connection = new NpgsqlConnection(storage);
        await connection.OpenAsync();
        var tables = new List<string>();
        await using (var find = new NpgsqlCommand("SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')", connection))
        await using (var reader = await find.ExecuteReaderAsync())
            while (await reader.ReadAsync()) tables.Add(reader.GetString(0));
        Assert.Contains("public.secrets", tables);
        var read = new List<(string, byte[])>();
        foreach (var table in tables)
        {
            await using var rows = new NpgsqlCommand($"SELECT coalesce(string_agg(t::text, E'\\n'), '') FROM {table} t", connection);
            read.Add((table, Encoding.UTF8.GetBytes((string)(await rows.ExecuteScalarAsync())!)));
        }
        return read;
    }

    private static void Missing(IEnumerable<(string Where, byte[] Bytes)> places)
    {
        var bytes = Encoding.UTF8.GetBytes(Planted);
        string[] forms =
        [
            Planted, Planted[..12], Convert.ToBase64String(bytes), Convert.ToBase64String(Encoding.UTF8.GetBytes("user:" + Planted))[8..20], Uri.EscapeDataString(Planted), WebUtility.UrlEncode(Planted),
            JsonSerializer.Serialize(Planted)[1..^1], Convert.ToHexStringLower(bytes), Convert.ToHexStringLower(bytes)[..24],
        ];
        var all = places.ToList();
        Assert.True(all.Count > 10, "there is little to look through");
        Assert.Empty(all.SelectMany(place => forms.Where(form => place.Bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(form)) >= 0).Select(form => $"{form} in {place.Where}")));
    }
}
