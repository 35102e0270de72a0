using Flows.Hub.Artifacts;
using Microsoft.Extensions.Time.Testing;

namespace Flows.Tests.Artifacts;

/// <summary>A runner's copies of the server's artifacts.</summary>
public sealed class ArtifactCopiesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flows-copies-").FullName;
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());

    [Fact]
    public async Task Copies_stay_below_their_size_and_those_that_were_asked_for_last_stay()
    {
        var copies = new ArtifactStore(_folder, time: _time, copies: 1_000_000);
        var first = await PutAsync(copies, 1);
        await PutAsync(copies, 2);
        Assert.True(await copies.HasAsync(first));
        _time.Advance(TimeSpan.FromMinutes(1));

        var last = await PutAsync(copies, 3);

        Assert.True(await copies.HasAsync(first));
        Assert.True(await copies.HasAsync(last));
        Assert.Equal(2, Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).Count());
    }

    [Fact]
    public async Task A_store_of_its_own_lets_nothing_go()
    {
        var store = new ArtifactStore(_folder, time: _time);

        for (byte i = 0; i < 4; i++) await PutAsync(store, i);

        Assert.Equal(4, Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).Count());
    }

    private async Task<string> PutAsync(ArtifactStore store, byte content)
    {
        var (sha256, _) = await store.PutAsync(new MemoryStream([.. Enumerable.Repeat(content, 400_000)]));
        _time.Advance(ArtifactCache.Grace + TimeSpan.FromMinutes(1));
        return sha256;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
