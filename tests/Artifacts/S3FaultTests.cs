using Flows.Hub;
using Flows.Hub.Artifacts;
using Flows.Hub.Artifacts.S3;
using Flows.Tests.Support;
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
