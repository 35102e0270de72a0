using System.Net.Http.Json;
using Flows.Contract;
using Flows.Contract.Artifacts;
using Flows.Contract.Runs;
using Flows.Hub;
using Flows.Hub.Artifacts;
using Flows.Hub.Artifacts.Collection;
using Flows.Hub.Artifacts.S3;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Flows.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Flows.Tests.Artifacts;

public sealed class S3FaultTests(S3Server server) : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flows-test-").FullName;
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly List<S3Bucket> _buckets = [];
    private S3Options _options = new();
    private S3Line _line = null!;

    public async ValueTask InitializeAsync()
    {
        _options = await server.NewBucketAsync();
        _line = await S3Line.ToAsync(server.Url);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(500)]
    [InlineData(0)]
    public async Task A_fault_that_passes_is_waited_out(int status)
    {
        var store = Open(_options with { Endpoint = _line.Url });
        if (status == 0) _line.BreakNext();
        else _line.FailNext(1, status);

        var (sha256, _) = await store.PutAsync(Bytes("hello"));

        Assert.True(await Open(_options).HasAsync(sha256));
    }

    [Fact]
    public async Task A_download_that_breaks_off_or_has_a_wrong_byte_is_done_again()
    {
        var (sha256, _) = await Open(_options).PutAsync(Bytes("hello"));
        var reader = Open(_options with { Endpoint = _line.Url });
        _line.CutNextDownload();
        _line.SpoilNextDownloads(1);

        Assert.Equal("hello", await File.ReadAllTextAsync(await reader.VerifiedPathAsync(sha256)));
        Assert.Equal(3, _line.Requests.Count(request => request.StartsWith("GET ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Bytes_that_stay_wrong_are_never_handed_out()
    {
        var (sha256, _) = await Open(_options).PutAsync(Bytes("hello"));
        var reader = Open(_options with { Endpoint = _line.Url });
        _line.SpoilNextDownloads(3);

        var error = await Assert.ThrowsAsync<ArtifactException>(() => reader.VerifiedPathAsync(sha256));

        Assert.Equal(ArtifactProblem.Damaged, error.Problem);
        Assert.Contains("bytes in the bucket", error.Message);
    }

    [Fact]
    public async Task What_the_bucket_has_is_not_sent_again_and_a_writer_who_comes_second_is_content()
    {
        var (one, other) = (Open(_options with { Endpoint = _line.Url }), Open(_options with { Endpoint = _line.Url }));
        await one.PutAsync(Bytes("hello"));
        await other.PutAsync(Bytes("hello"));
        Assert.Single(_line.Requests, request => request.StartsWith("PUT ", StringComparison.Ordinal));

        _line.FailNext(1, 404);
        await other.PutAsync(Bytes("hello"));

        Assert.Equal(2, _line.Requests.Count(request => request.StartsWith("PUT ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_upload_in_parts_that_fails_takes_its_parts_back()
    {
        var store = Open(_options with { Endpoint = _line.Url, PartMegabytes = 5, Retries = 0 });
        _line.FailOn("partNumber=2", 500);

        var error = await Assert.ThrowsAsync<ArtifactException>(() => store.PutAsync(new MemoryStream(new byte[6 * 1024 * 1024])));

        Assert.True(error.Problem == ArtifactProblem.Away, error.Message);
        Assert.Contains(_line.Requests, request => request.StartsWith("DELETE ", StringComparison.Ordinal) && request.Contains("uploadId=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_bucket_a_wrong_key_and_nobody_there_are_said_in_words()
    {
        Environment.SetEnvironmentVariable("FLOWS_TEST_S3_WRONG", "wrong");
        var missing = await FaultAsync(_options with { Bucket = "no-such-bucket" });
        var refused = await FaultAsync(_options with { AccessKeyFrom = "FLOWS_TEST_S3_WRONG" });
        var away = await FaultAsync(_options with { Endpoint = "http://127.0.0.1:9", Retries = 0 });

        Assert.Contains("There is no bucket 'no-such-bucket'", missing.Message);
        Assert.Equal((ArtifactProblem.Unusable, ArtifactProblem.Unusable, ArtifactProblem.Away), (missing.Problem, refused.Problem, away.Problem));
        Assert.Contains("is refused (InvalidAccessKeyId): check the keys", refused.Message);
        Assert.Contains("cannot be reached (Connection refused); it was tried 1 times", away.Message);
    }

    [Fact]
    public async Task Copies_are_held_under_their_size_and_come_back_from_the_bucket()
    {
        var store = Open(_options with { CacheGigabytes = 0.001 });
        var digests = new List<string>();
        for (byte i = 0; i < 4; i++)
        {
            digests.Add((await store.PutAsync(new MemoryStream([.. Enumerable.Repeat(i, 400_000)]))).Sha256);
            _time.Advance(ArtifactCache.Grace + TimeSpan.FromMinutes(1));
        }

        var kept = digests.Count(digest => File.Exists(store.PathOf(digest)));
        var first = await File.ReadAllBytesAsync(await store.VerifiedPathAsync(digests[0]));

        Assert.Equal(2, kept);
        Assert.True(File.Exists(store.PathOf(digests[3])));
        Assert.Equal(400_000, first.Length);
    }

    [Fact]
    public async Task A_hub_that_keeps_its_artifacts_in_a_bucket_gives_them_out_without_a_copy_of_its_own()
    {
        var address = $"s3://{_options.Bucket}/hub?endpoint={_options.Endpoint}&accessKeyFrom={_options.AccessKeyFrom}&secretKeyFrom={_options.SecretKeyFrom}";
        await using var hub = await TestHub.StartAsync(options: new HubOptions { Artifacts = address });

        var answer = await hub.Http.PostAsync("/api/artifacts?name=a.txt", new StringContent("hello"));
        Directory.Delete(Path.Combine(hub.Data, "artifacts", "2c"), recursive: true);

        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        Assert.Equal("hello", await hub.Http.GetStringAsync("/api/artifacts/2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"));
    }

    [Fact]
    public async Task Collecting_and_verifying_go_by_what_the_bucket_has_and_never_touch_what_a_record_names()
    {
        var address = $"s3://{_options.Bucket}/hub?endpoint={_options.Endpoint}&accessKeyFrom={_options.AccessKeyFrom}&secretKeyFrom={_options.SecretKeyFrom}";
        await using var hub = await TestHub.StartAsync(options: new HubOptions { Artifacts = address });
        var (store, databases) = (hub.Services.GetRequiredService<ArtifactStore>(), hub.Services.GetRequiredService<IDbContextFactory<FlowsDb>>());
        var later = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddDays(3));
        var collection = new ArtifactCollection(store, hub.Services.GetRequiredService<NamedDigests>(), databases, later);
        await hub.ImportAsync(Some.Chain("kept", Some.Activity("work", "Flows.ShellScript", ("script", Some.Text("mkdir $FLOWS_OUTPUT_DIR/all; echo one > $FLOWS_OUTPUT_DIR/all/one; echo two > $FLOWS_OUTPUT_DIR/all/two")),
            ("customProperties", System.Text.Json.Nodes.JsonNode.Parse("""{"ports":{"outputs":[{"name":"all","type":"Folder"}]}}""")!)), Some.Activity("wait", "Elsa.Event", ("eventName", Some.Text("go on")))));
        var run = await hub.StartRunAsync("kept");
        var waiting = await hub.UntilAsync(run, record => record.Bookmarks.Count == 1);
        var (loose, _) = await store.PutAsync(Bytes("nobody names this"));

        var trial = await collection.CollectAsync(isTrial: true, TimeSpan.FromHours(24), default);
        var refused = await Assert.ThrowsAsync<Flows.Hub.Web.RequestFault>(() => collection.CollectAsync(isTrial: false, TimeSpan.FromHours(24), default));
        Assert.True(await store.HasAsync(loose));
        await hub.Http.PostAsJsonAsync($"/api/bookmarks/{waiting.Bookmarks[0].Id}/resume", new System.Text.Json.Nodes.JsonObject());
        var record = await hub.UntilAsync(run, record => record.Status == RunStatus.Finished);
        await Eventually.TrueAsync(async () => (await hub.Services.GetRequiredService<RunStore>().FindAsync(run))!.Status == RunStatus.Finished);
        var done = await collection.CollectAsync(isTrial: false, TimeSpan.FromHours(24), default);

        Assert.Equal((1, true, 1, false), (trial.Artifacts, trial.IsTrial, done.Artifacts, done.IsTrial));
        Assert.Equal([loose], done.Examples);
        Assert.Contains("Runs are under way", refused.Message);
        Assert.False(await store.HasAsync(loose));
        // From the bucket alone: no copy of this machine helps.
        var (all, elsewhere) = (Artifact.From(record.Steps.Single(step => step.ActivityId == "work").Outputs!["all"])!, Open(S3Address.Parse(address)));
        Assert.Equal(["one\n", "two\n"], Directory.GetFiles(await elsewhere.FetchAsync(all)).Order().Select(File.ReadAllText));

        // Bytes of its manifest change in the bucket, one at the start and one of a digest, and nothing of it is here.
        var whole = await File.ReadAllBytesAsync(store.PathOf(all.Sha256));
        var manifest = (byte[])whole.Clone();
        var digest = System.Text.Encoding.UTF8.GetString(manifest).IndexOf("sha256", StringComparison.Ordinal) + 20;
        (manifest[3], manifest[digest]) = ((byte)'x', (byte)(manifest[digest] == 'a' ? 'b' : 'a'));
        using (var client = server.Client()) await client.PutObjectAsync(new Amazon.S3.Model.PutObjectRequest { BucketName = _options.Bucket, Key = $"hub/{all.Sha256[..2]}/{all.Sha256}", InputStream = new MemoryStream(manifest), UseChunkEncoding = false });
        File.Delete(store.PathOf(all.Sha256));
        var (nobodys, _) = await store.PutAsync(Bytes("nobody names this either"));
        var damaged = await collection.CollectAsync(isTrial: false, TimeSpan.FromHours(24), default);
        Assert.Equal([all.Sha256], damaged.Damaged);
        Assert.Equal([nobodys], damaged.Examples);
        foreach (var text in (string[])["one\n", "two\n"]) Assert.True(await store.HasAsync(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)))));

        await File.WriteAllBytesAsync(store.PathOf(all.Sha256), whole);
        using (var client = server.Client()) await client.PutObjectAsync(new Amazon.S3.Model.PutObjectRequest { BucketName = _options.Bucket, Key = $"hub/{all.Sha256[..2]}/{all.Sha256}", ContentBody = "no manifest" });
        var found = (await (await hub.Http.PostAsync("/api/artifacts/verify", null)).Content.ReadFromJsonAsync<Verified>(ContractJson.Options))!;
        Assert.Equal(whole, await File.ReadAllBytesAsync(store.PathOf(all.Sha256)));
        Assert.Equal([all.Sha256], found.Damaged);
    }

    private static async Task<ArtifactException> FaultAsync(S3Options options)
    {
        using var bucket = new S3Bucket(options);
        return await Assert.ThrowsAsync<ArtifactException>(() => bucket.CheckAsync(CancellationToken.None));
    }

    private ArtifactStore Open(S3Options options)
    {
        var bucket = new S3Bucket(options);
        _buckets.Add(bucket);
        return new ArtifactStore(Path.Combine(_folder, _buckets.Count.ToString()), bucket, _time);
    }

    private static MemoryStream Bytes(string text) => new(System.Text.Encoding.UTF8.GetBytes(text));

    public async ValueTask DisposeAsync()
    {
        foreach (var bucket in _buckets) bucket.Dispose();
        await _line.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
