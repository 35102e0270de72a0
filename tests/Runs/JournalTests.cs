using Flows.Hub.Storage;

namespace Flows.Tests.Runs;

public sealed class JournalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flows-journal-").FullName;

    [Fact]
    public async Task Everything_that_waits_shares_one_commit()
    {
        using var gate = new ManualResetEventSlim();
        var sizes = new List<int>();
        await using var writer = new GroupCommit<int>("test", items => { gate.Wait(); sizes.Add(items.Count); });

        var first = writer.AddAsync(0);
        var rest = Enumerable.Range(1, 50).Select(writer.AddAsync).ToList();
        gate.Set();
        await Task.WhenAll([first, .. rest]);

        Assert.Equal(51, sizes.Sum());
        Assert.True(sizes.Count <= 2, $"{sizes.Count} commits");
    }

    [Fact]
    public void A_data_folder_has_one_owner()
    {
        using var owner = DataFolder.Own(_folder);
        owner.Announce("http://127.0.0.1:1");

        var refused = Assert.Throws<DataFolderOwned>(() => DataFolder.Own(_folder));

        Assert.Equal("http://127.0.0.1:1", refused.Url);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
