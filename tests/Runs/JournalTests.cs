using System.Text;
using Flows.Hub.Storage;

namespace Flows.Tests.Runs;

public sealed class JournalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flows-journal-").FullName;

    private string JournalFile => Path.Combine(_folder, "journal.db");

    [Fact]
    public async Task What_was_appended_is_read_by_another_connection_in_order()
    {
        await using var journal = new SqliteJournal(JournalFile);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(run => WriteAsync(journal, $"run{run}", 25)));

        await using var other = new SqliteJournal(JournalFile);
        for (var run = 0; run < 20; run++)
            Assert.Equal(Enumerable.Range(0, 25).Select(seq => $"run{run}-{seq}"), other.Read($"run{run}").Select(Encoding.UTF8.GetString));
    }

    [Fact]
    public async Task A_second_owner_of_a_run_is_refused_and_others_are_not_held_up()
    {
        await using var journal = new SqliteJournal(JournalFile);
        await journal.AppendAsync("a", 0, [[1]]);

        var twice = journal.AppendAsync("a", 0, [[2]]);
        var fine = journal.AppendAsync("b", 0, [[3]]);

        await Assert.ThrowsAnyAsync<Exception>(() => twice);
        await fine;
        Assert.Equal([[1]], journal.Read("a"));
        Assert.Equal([[3]], journal.Read("b"));
    }

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

    private static async Task WriteAsync(SqliteJournal journal, string run, int events)
    {
        for (var seq = 0; seq < events; seq++) await journal.AppendAsync(run, seq, [Encoding.UTF8.GetBytes($"{run}-{seq}")]);
    }
}
