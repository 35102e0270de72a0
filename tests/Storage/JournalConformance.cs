using System.Text;
using Flows.Hub.Storage;
using Flows.Tests.Support;

namespace Flows.Tests.Storage;

/// <summary>What every journal keeps to.</summary>
public abstract class JournalConformance(StorageKind kind, PostgresServer postgres) : IAsyncLifetime
{
    protected TestStorage Storage { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Storage = await TestStorage.NewAsync(kind, postgres);

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Storage.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task What_was_appended_is_read_by_another_connection_in_order()
    {
        await using var journal = Storage.OpenJournal();
        await journal.AppendAsync("a", 0, [[0], [1], [2]]);
        for (byte seq = 3; seq < 20; seq++) await journal.AppendAsync("a", seq, [[seq]]);

        await using var other = Storage.OpenJournal();

        Assert.Equal(Enumerable.Range(0, 20).Select(seq => new[] { (byte)seq }), other.Read("a"));
        Assert.Empty(other.Read("b"));
    }

    [Fact]
    public async Task A_hundred_runs_append_at_once_and_each_keeps_its_order()
    {
        await using var journal = Storage.OpenJournal();

        await Task.WhenAll(Enumerable.Range(0, 100).Select(run => Task.Run(() => WriteAsync(journal, $"run{run}", 25))));

        for (var run = 0; run < 100; run++)
            Assert.Equal(Enumerable.Range(0, 25).Select(seq => $"run{run}-{seq}"), journal.Read($"run{run}").Select(Encoding.UTF8.GetString));
    }

    [Fact]
    public async Task A_sequence_that_is_taken_is_refused_whole()
    {
        await using var journal = Storage.OpenJournal();
        await journal.AppendAsync("a", 0, [[1], [2]]);

        await Assert.ThrowsAsync<JournalTaken>(() => journal.AppendAsync("a", 1, [[3], [4]]));

        Assert.Equal([[1], [2]], journal.Read("a"));
    }

    [Fact]
    public async Task The_same_bytes_twice_are_refused_too()
    {
        await using var journal = Storage.OpenJournal();
        await journal.AppendAsync("a", 0, [[1]]);

        await Assert.ThrowsAsync<JournalTaken>(() => journal.AppendAsync("a", 0, [[1]]));
    }

    [Fact]
    public async Task One_refused_append_fails_none_of_those_beside_it()
    {
        await using var journal = Storage.OpenJournal();
        await journal.AppendAsync("bad", 0, [[1]]);

        var appends = Enumerable.Range(0, 200).Select(i => journal.AppendAsync(i == 100 ? "bad" : $"run{i}", 0, [[2]])).ToList();

        await Assert.ThrowsAsync<JournalTaken>(() => appends[100]);
        await Task.WhenAll(appends.Where((_, i) => i != 100));
        Assert.Equal([[1]], journal.Read("bad"));
        Assert.All(Enumerable.Range(0, 200).Where(i => i != 100), i => Assert.Equal([[2]], journal.Read($"run{i}")));
    }

    [Fact]
    public async Task An_event_of_sixteen_megabytes_comes_back_as_it_went_in()
    {
        await using var journal = Storage.OpenJournal();
        var large = new byte[16 << 20];
        new Random(1).NextBytes(large);

        await journal.AppendAsync("a", 0, [large, [], [0]]);

        var read = journal.Read("a");
        Assert.True(large.AsSpan().SequenceEqual(read[0]));
        Assert.Equal([[], [0]], read.Skip(1));
    }

    [Fact]
    public async Task What_waits_when_the_journal_is_closed_is_committed_first()
    {
        List<Task> appends;
        await using (var journal = Storage.OpenJournal())
        {
            appends = [.. Enumerable.Range(0, 500).Select(i => journal.AppendAsync($"run{i}", 0, [[1]]))];
        }

        await Task.WhenAll(appends);
        await using var next = Storage.OpenJournal();
        Assert.All(Enumerable.Range(0, 500), i => Assert.Single(next.Read($"run{i}")));
    }

    protected static async Task WriteAsync(IJournal journal, string run, int events)
    {
        for (var seq = 0; seq < events; seq++) await journal.AppendAsync(run, seq, [Encoding.UTF8.GetBytes($"{run}-{seq}")]);
    }
}

public sealed class SqliteJournalTests(PostgresServer postgres) : JournalConformance(StorageKind.Sqlite, postgres);

public sealed class PostgresJournalTests(PostgresServer postgres) : JournalConformance(StorageKind.Postgres, postgres)
{
    [Fact]
    public async Task Several_processes_write_one_journal()
    {
        await using var one = Storage.OpenJournal();
        await using var other = Storage.OpenJournal();

        await Task.WhenAll(Enumerable.Range(0, 40).Select(run => WriteAsync(run % 2 == 0 ? one : other, $"run{run}", 20)));

        Assert.All(Enumerable.Range(0, 40), run => Assert.Equal(20, one.Read($"run{run}").Count));
    }
}
