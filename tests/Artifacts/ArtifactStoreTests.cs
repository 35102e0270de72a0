using System.Text;
using Flows.Contract.Artifacts;
using Flows.Hub.Artifacts;

namespace Flows.Tests.Artifacts;

public sealed class ArtifactStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flows-test-").FullName;

    private ArtifactStore Store => new(Path.Combine(_folder, "artifacts"));

    [Fact]
    public async Task The_same_bytes_are_stored_once_under_their_digest()
    {
        var one = await Store.PutFileAsync(Make("a.txt", "hello"), "File");
        var other = await Store.PutFileAsync(Make("b.txt", "hello"), "File", "greeting.txt");

        Assert.Equal("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", one.Sha256);
        Assert.Equal((one.Sha256, "greeting.txt", "text/plain"), (other.Sha256, other.Name, other.MediaType));
        Assert.Equal("hello", await File.ReadAllTextAsync(await Store.FetchAsync(one)));
        Assert.Single(Directory.GetFiles(Path.Combine(_folder, "artifacts", "2c")));
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder, "artifacts", "incoming")));
    }

    [Fact]
    public async Task A_flipped_byte_is_found_on_reading_and_healed_by_storing_again()
    {
        var path = Make("a.txt", "hello");
        var artifact = await Store.PutFileAsync(path, "File");
        Overwrite(Store.PathOf(artifact.Sha256), "hellO");

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
        Assert.False(Store.Has(expected));
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder, "artifacts", "incoming")));
    }

    [Fact]
    public async Task An_upload_that_breaks_off_leaves_nothing_behind()
    {
        await Assert.ThrowsAsync<IOException>(() => Store.PutAsync(new BreakingStream()));

        Assert.Equal([Path.Combine(_folder, "artifacts", "incoming")], Directory.GetDirectories(Path.Combine(_folder, "artifacts")));
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder, "artifacts", "incoming")));
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

    private static void Overwrite(string path, string text)
    {
        File.SetAttributes(path, FileAttributes.Normal);
        File.WriteAllText(path, text);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private sealed class BreakingStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("the line went dead");
    }
}
