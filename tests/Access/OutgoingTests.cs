using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Runs;
using Flows.Library.Network;
using Flows.Tests.Support;

namespace Flows.Tests.Access;

/// <summary>Requests that flows send, where people sign in.</summary>
public sealed class OutgoingTests(PostgresServer postgres, S3Server s3, SharedHub target, AccountsSite closed, OutgoingTests.OpenSite open) : IClassFixture<SharedHub>, IClassFixture<AccountsSite>, IClassFixture<OutgoingTests.OpenSite>
{
    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("2002:a00:1::1", false)]
    [InlineData("8.8.8.8", true)]
    [InlineData("172.32.0.1", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("64:ff9b::808:808", true)]
    public void An_address_is_of_the_internet_or_not(string address, bool isPublic) =>
        Assert.Equal(isPublic, PublicAddress.Is(IPAddress.Parse(address)));

    // By number, by a name that leads there, and by a redirection.
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("[::ffff:127.0.0.1]")]
    public async Task A_request_does_not_reach_this_machine_unless_its_network_is_allowed(string host)
    {
        var url = $"http://{host}:{new Uri(target.Hub.Url).Port}/health";

        Assert.Equal("Failed to connect", await OutcomeAsync(closed, url));
        if (host != "localhost") Assert.Equal("Done", await OutcomeAsync(open.Accounts, url));
    }

    [Fact]
    public async Task What_flows_watch_is_in_no_private_network_and_no_folder_of_the_server()
    {
        await using var site = await AccountsSite.StartAsync();
        var database = Path.Combine(site.Hub.Data, "flows.db");
        (string Type, string Says, (string, string)[] Settings)[] watched =
        [
            ("CodeChanged", "Access:Networks", [("repository", "http://127.0.0.1:9/x.git")]),
            ("CodeChanged", "Access:Networks", [("repository", "https://localhost/x.git")]),
            ("CodeChanged", "Access:Networks", [("repository", "git@localhost:x.git")]),
            ("CodeChanged", "Access:Networks", [("repository", "ssh://git@[::1]/x.git")]),
            ("CodeChanged", "begins with https, http or ssh", [("repository", "git://8.8.8.8/x.git")]),
            ("CodeChanged", "Access:Folders", [("repository", site.Hub.Data)]),
            ("CodeChanged", "Access:Folders", [("repository", "file://" + site.Hub.Data)]),
            ("BucketChanged", "Access:Networks", [("address", "s3://bucket/in?endpoint=http://127.0.0.1:9")]),
            ("BucketChanged", "no secret 'PATH'", [("address", "s3://bucket/in?endpoint=http://8.8.8.8:9&accessKeyFrom=PATH&secretKeyFrom=PATH")]),
            ("BucketChanged", "profiles are the server's own", [("address", "s3://bucket/in?profile=default")]),
            ("QueryChanged", "Access:Networks", [("database", "postgres"), ("connection", "Host=localhost;Database=flows"), ("query", "SELECT 1")]),
            ("QueryChanged", "must name one host", [("database", "postgres"), ("connection", "Host=/var/run/postgresql"), ("query", "SELECT 1")]),
            ("QueryChanged", "would be read from the server's machine", [("database", "postgres"), ("connection", "Host=8.8.8.8;Passfile=/etc/passwd"), ("query", "SELECT 1")]),
            ("Notified", "Access:Networks", [("connection", "Host=10.0.0.1"), ("channel", "news")]),
            ("QueryChanged", "Access:Folders", [("database", "sqlite"), ("connection", database), ("query", "SELECT * FROM people")]),
            ("FilesChanged", "Access:Folders", [("path", site.Hub.Data)]),
        ];

        for (var i = 0; i < watched.Length; i++) await PublishAsync(site, $"watch{i}", watched[i].Type, watched[i].Settings);

        for (var i = 0; i < watched.Length; i++)
        {
            var (error, flow) = ("", $"watch{i}");
            await Eventually.TrueAsync(async () => (error = (await TriggerAsync(site, flow)).Error ?? "").Contains(watched[i].Says), () => $"{watched[i].Type} {watched[i].Settings[0].Item2} said: {error}");
        }
    }

    [Fact]
    public async Task What_an_administrator_allows_is_watched_with_secrets_for_keys()
    {
        var bucket = await s3.NewBucketAsync();
        var folder = Directory.CreateTempSubdirectory("flows-allowed-").FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, "shop.db"), []);
        await using var site = await AccountsSite.StartAsync(new Dictionary<string, string?> { ["Access:Networks:0"] = "127.0.0.0/8", ["Access:Folders:0"] = folder });
        AccountsSite.Ok(await site.Administrator.PutAsJsonAsync("/api/secrets/bucket-key", new { value = S3Server.Key }));

        await PublishAsync(site, "bucket", "BucketChanged", [("address", $"s3://{bucket.Bucket}/in?endpoint={bucket.Endpoint}&accessKeyFrom=bucket-key&secretKeyFrom=bucket-key"), ("pollSeconds", "0.5")]);
        await PublishAsync(site, "rows", "QueryChanged", [("database", "postgres"), ("connection", await postgres.NewDatabaseAsync()), ("query", "SELECT 1 AS one")]);
        await PublishAsync(site, "file", "QueryChanged", [("database", "sqlite"), ("connection", Path.Combine(folder, "shop.db")), ("query", "SELECT 1 AS one")]);
        await PublishAsync(site, "folder", "FilesChanged", [("path", folder)]);
        // A query that brings another file along.
        await PublishAsync(site, "more", "QueryChanged", [("database", "sqlite"), ("connection", Path.Combine(folder, "shop.db")), ("query", $"ATTACH DATABASE '{Path.Combine(site.Hub.Data, "flows.db")}' AS server; SELECT * FROM server.people")]);

        foreach (var flow in new[] { "bucket", "rows", "file", "folder" })
        {
            Flows.Contract.Triggers.TriggerRecord? last = null;
            await Eventually.TrueAsync(async () => (last = await TriggerAsync(site, flow)).IsWatching, () => $"{flow}: {last?.Error}");
        }
        await Eventually.TrueAsync(async () => (await TriggerAsync(site, "more")).Error?.Contains("too many attached databases") == true);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_file_of_the_servers_machine_is_no_source_of_a_flow()
    {
        await using var site = await AccountsSite.StartAsync();
        await site.Administrator.ImportFlowAsync(Some.Chain("peek", Some.Activity("read", "Flows.FileSource", ("path", Some.Text(Path.Combine(site.Hub.Data, "audit-head.json"))))));

        var record = await site.Administrator.UntilRunAsync(await site.Administrator.StartRunAsync("peek"), run => run.Status == RunStatus.Finished);

        Assert.Contains("Access:Folders", Assert.Single(record.Incidents).Message);
    }

    private static Task PublishAsync(AccountsSite site, string flow, string type, (string, string)[] settings) =>
        site.Administrator.ImportFlowAsync(Triggers.TriggerCalls.Flow(flow, Triggers.TriggerCalls.Trigger("Flows." + type, settings)));

    private static async Task<Flows.Contract.Triggers.TriggerRecord> TriggerAsync(AccountsSite site, string flow) =>
        (await site.Administrator.GetFromJsonAsync<List<Flows.Contract.Triggers.TriggerRecord>>($"/api/triggers?definitionId={flow}", Flows.Contract.ContractJson.Options))!.Single();

    private static async Task<string> OutcomeAsync(AccountsSite site, string url)
    {
        var id = site.Fresh("ask");
        var flow = $$$$$"""
            {"definitionId":"{{{{{id}}}}}","name":"ask","root":{"id":"f","type":"Elsa.Flowchart","activities":[{"id":"a","type":"Elsa.SendHttpRequest","url":{"typeName":"String","expression":{"type":"Literal","value":"{{{{{url}}}}}"}}}],"connections":[]}}
            """;
        AccountsSite.Ok(await site.Administrator.PostAsync("/api/flows/import?publish=true", new StringContent(flow, Encoding.UTF8, "application/json")));
        var run = await site.Administrator.StartRunAsync(id);
        var record = await site.Administrator.UntilRunAsync(run, run => run.Status == RunStatus.Finished);
        return record.Steps.Single(step => step.ActivityId == "a").Outcomes.Single();
    }

    /// <summary>One that may reach this machine.</summary>
    public sealed class OpenSite : IAsyncLifetime
    {
        public AccountsSite Accounts { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Accounts = await AccountsSite.StartAsync(new Dictionary<string, string?> { ["Access:Networks:0"] = "127.0.0.0/8" });

        public ValueTask DisposeAsync() => Accounts.DisposeAsync();
    }
}
