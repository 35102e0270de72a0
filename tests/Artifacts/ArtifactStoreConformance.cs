using System.Text;
using Flows.Contract.Artifacts;
using Flows.Hub.Artifacts;
using Flows.Hub.Artifacts.S3;
using Flows.Tests.Support;

namespace Flows.Tests.Artifacts;

/// <summary>What every artifact store does, whatever keeps its bytes.</summary>
public abstract class ArtifactStoreConformance : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flows-test-").FullName;
    private ArtifactStore? _store;

    private ArtifactStore Store => _store!;

    private protected string StoreFolder => Path.Combine(_folder, "artifacts");

    public async ValueTask InitializeAsync() => _store = await OpenAsync();

    private protected abstract Task<ArtifactStore> OpenAsync();

    /// <summary>Changes stored bytes behind the store's back.</summary>
    private protected abstract Task DamageAsync(string sha256, string text);

    [Fact]
    public async Task The_same_bytes_are_stored_once_under_their_digest()
    {
        var one = await Store.PutFileAsync(Make("a.txt", "hello"), "File");
        var other = await Store.PutFileAsync(Make("b.txt", "hello"), "File", "greeting.txt");

        Assert.Equal("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", one.Sha256);
        Assert.Equal((one.Sha256, "greeting.txt", "text/plain"), (other.Sha256, other.Name, other.MediaType));
        Assert.Equal("hello", await File.ReadAllTextAsync(await Store.FetchAsync(one)));
        Assert.Equal((one.Sha256, 5L), Assert.Single(await AllAsync()));
        AssertNothingIncoming();
    }

    [Fact]
    public async Task A_flipped_byte_is_found_on_reading_and_healed_by_storing_again()
    {
        var path = Make("a.txt", "hello");
        var artifact = await Store.PutFileAsync(path, "File");
        await DamageAsync(artifact.Sha256, "hellO");

        var error = await Assert.ThrowsAsync<ArtifactException>(() => Store.FetchAsync(artifact));
        await Store.PutFileAsync(path, "File");

        Assert.Equal(ArtifactProblem.Damaged, error.Problem);
        Assert.Contains(artifact.Sha256, error.Message);
        Assert.Equal("hello", await File.ReadAllTextAsync(await Store.FetchAsync(artifact)));
    }

    [Fact]
    public async Task Bytes_that_do_not_have_the_expected_digest_leave_nothing_behind()
    {
        var expected = new string('0', 64);

        var error = await Assert.ThrowsAsync<ArtifactException>(() => Store.PutAsync(new MemoryStream("x"u8.ToArray()), expected));

        Assert.Equal(ArtifactProblem.WrongDigest, error.Problem);
        Assert.False(await Store.HasAsync(expected));
        Assert.Empty(await AllAsync());
        AssertNothingIncoming();
    }

    [Fact]
    public async Task An_upload_that_breaks_off_leaves_nothing_behind()
    {
        await Assert.ThrowsAsync<IOException>(() => Store.PutAsync(new BreakingStream()));

        Assert.Equal([Path.Combine(_folder, "artifacts", "incoming")], Directory.GetDirectories(Path.Combine(_folder, "artifacts")));
        Assert.Empty(await AllAsync());
        AssertNothingIncoming();
    }

    [Fact]
    public async Task Two_stores_of_the_same_bytes_see_each_others_artifacts_and_may_write_at_once()
    {
        var bytes = new byte[100_000];
        new Random(1).NextBytes(bytes);
        var other = await OpenAsync();

        var stored = await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => (writer % 2 == 0 ? Store : other).PutAsync(new MemoryStream(bytes))));
        var read = await File.ReadAllBytesAsync(await other.VerifiedPathAsync(stored[0].Sha256));

        Assert.Single(stored.Distinct());
        Assert.Equal(bytes, read);
        Assert.Single(await AllAsync());
        AssertNothingIncoming();
    }

    [Fact]
    public async Task Bytes_larger_than_one_part_and_no_bytes_at_all_come_back_whole()
    {
        var bytes = new byte[11 * 1024 * 1024 + 1];
        new Random(1).NextBytes(bytes);

        var (large, size) = await Store.PutAsync(new MemoryStream(bytes));
        var (empty, none) = await Store.PutAsync(new MemoryStream());

        Assert.Equal((bytes.Length, 0), (size, none));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(await (await OpenAsync()).VerifiedPathAsync(large)));
        Assert.Empty(await File.ReadAllBytesAsync(await (await OpenAsync()).VerifiedPathAsync(empty)));
    }

    [Fact]
    public async Task What_is_deleted_is_gone_and_deleting_it_again_is_no_error()
    {
        var artifact = await Store.PutFileAsync(Make("a.txt", "hello"), "File");

        await Store.DeleteAsync(artifact.Sha256);
        await Store.DeleteAsync(artifact.Sha256);
        var error = await Assert.ThrowsAsync<ArtifactException>(() => Store.FetchAsync(artifact));

        Assert.Equal(ArtifactProblem.Missing, error.Problem);
        Assert.False(await Store.HasAsync(artifact.Sha256));
    }

    [Fact]
    public async Task What_a_step_fetched_stays_readable_when_the_store_lets_go_of_it()
    {
        Make("model/a.json", "{}");
        var folder = await Store.PutFileAsync(Path.Combine(_folder, "model"), "Model");
        var file = await Store.PutFileAsync(Make("a.txt", "hello"), "File");
        var step = new StepArtifacts(Store, Path.Combine(_folder, "work"), new Flows.Contract.Secrets.SecretMask());

        var (model, text) = (await step.FetchAsync(folder), await step.FetchAsync(file));
        await Store.DeleteAsync(file.Sha256);
        await Store.DeleteAsync(folder.Sha256);

        Assert.Equal("hello", await File.ReadAllTextAsync(text));
        Assert.Equal("{}", await File.ReadAllTextAsync(Path.Combine(model, "a.json")));
    }

    [Fact]
    public async Task A_folder_has_the_digest_of_its_sorted_manifest_and_comes_back_whole()
    {
        Make("model/b/weights.bin", "12"); Make("model/a.json", "{}");
        Make("again/a.json", "{}"); Make("again/b/weights.bin", "12");

        var one = await Store.PutFileAsync(Path.Combine(_folder, "model"), "Model");
        var other = await Store.PutFileAsync(Path.Combine(_folder, "again"), "Model");
        var unpacked = await Store.FetchAsync(one);

        Assert.Equal(one.Sha256, other.Sha256);
        Assert.Equal(4, one.Size);
        Assert.Equal("12", await File.ReadAllTextAsync(Path.Combine(unpacked, "b", "weights.bin")));
    }

    [Fact]
    public async Task An_unpacked_folder_that_somebody_changed_is_made_anew()
    {
        Make("model/a.json", "{}");
        var artifact = await Store.PutFileAsync(Path.Combine(_folder, "model"), "Model");
        Overwrite(Path.Combine(await Store.FetchAsync(artifact), "a.json"), "[]");

        Assert.Equal("{}", await File.ReadAllTextAsync(Path.Combine(await Store.FetchAsync(artifact), "a.json")));
    }

    [Fact]
    public async Task A_link_in_a_folder_is_refused()
    {
        Make("model/a.json", "{}");
        File.CreateSymbolicLink(Path.Combine(_folder, "model", "secret"), "/etc/passwd");

        var error = await Assert.ThrowsAsync<ArtifactException>(() => Store.PutFileAsync(Path.Combine(_folder, "model"), "Model"));

        Assert.Contains("'secret' is a link", error.Message);
    }

    [Theory]
    [InlineData("../outside.txt")]
    [InlineData("/tmp/flows-outside.txt")]
    [InlineData("a/../../outside.txt")]
    public async Task A_manifest_whose_paths_climb_out_is_not_unpacked(string path)
    {
        var file = await Store.PutFileAsync(Make("a.txt", "x"), "File");
        var manifest = $$"""{"files":[{"path":"{{path}}","sha256":"{{file.Sha256}}","size":1}]}""";
        var (sha256, _) = await Store.PutAsync(new MemoryStream(Encoding.UTF8.GetBytes(manifest)));

        var error = await Assert.ThrowsAsync<ArtifactException>(() => Store.FetchAsync(new Artifact(sha256, "Folder", "f", 1) { MediaType = ArtifactFolder.MediaType }));

        Assert.Equal(ArtifactProblem.BadPath, error.Problem);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("2CF24DBA5FB0A30E26E83B2AC5B9E29E1B161E5C1FA7425E73043362938B9824")]
    [InlineData("")]
    public void Only_a_digest_is_an_address(string text) =>
        Assert.Equal(ArtifactProblem.BadDigest, Assert.Throws<ArtifactException>(() => Store.PathOf(text)).Problem);

    private string Make(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    private async Task<List<(string, long)>> AllAsync()
    {
        var all = new List<(string, long)>();
        await foreach (var stored in Store.ListAsync()) all.Add((stored.Sha256, stored.Size));
        return all;
    }

    private void AssertNothingIncoming() => Assert.Empty(Directory.GetFiles(Path.Combine(StoreFolder, "incoming")));

    private protected static void Overwrite(string path, string text)
    {
        File.SetAttributes(path, FileAttributes.Normal);
        File.WriteAllText(path, text);
    }

    public virtual ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private sealed class BreakingStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("the line went dead");
    }
}

public sealed class DiskArtifactTests : ArtifactStoreConformance
{
    private protected override Task<ArtifactStore> OpenAsync() => Task.FromResult(new ArtifactStore(StoreFolder));

    private protected override Task DamageAsync(string sha256, string text)
    {
        Overwrite(Path.Combine(StoreFolder, sha256[..2], sha256), text);
        return Task.CompletedTask;
    }
}

/// <summary>Each store that is opened has a cache of its own, as on machines of its own.</summary>
public sealed class S3ArtifactTests(S3Server server) : ArtifactStoreConformance
{
    private readonly List<S3Bucket> _buckets = [];
    private S3Options? _options;

    private protected override async Task<ArtifactStore> OpenAsync()
    {
        _options ??= await server.NewBucketAsync() with { Prefix = "team/flows", PartMegabytes = 5 };
        var bucket = new S3Bucket(_options);
        _buckets.Add(bucket);
        return new ArtifactStore(_buckets.Count == 1 ? StoreFolder : Path.Combine(StoreFolder, "../other", _buckets.Count.ToString()), bucket);
    }

    private protected override async Task DamageAsync(string sha256, string text)
    {
        using var client = server.Client();
        await client.PutObjectAsync(new() { BucketName = _options!.Bucket, Key = $"team/flows/{sha256[..2]}/{sha256}", ContentBody = text });
        File.Delete(Path.Combine(StoreFolder, sha256[..2], sha256));
    }

    public override ValueTask DisposeAsync()
    {
        foreach (var bucket in _buckets) bucket.Dispose();
        return base.DisposeAsync();
    }
}
