using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Hub.Logs;
using Flows.Hub.Storage;
using Flows.Tests.Support;
using LogLevel = Flows.Contract.Activities.LogLevel;

namespace Flows.Tests.Logs;

/// <summary>What every store of logs keeps to.</summary>
public abstract class LogStoreConformance(StorageKind kind, PostgresServer postgres) : IAsyncLifetime
{
    private DataFolder? _data;

    private TestStorage _storage = null!;

    public async ValueTask InitializeAsync()
    {
        _storage = await TestStorage.NewAsync(kind, postgres);
        if (_storage.Connection is null) _data = DataFolder.Own(_storage.Folder);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _data?.Dispose();
        _storage.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Lines_are_numbered_in_their_order_and_a_reader_goes_on_where_it_was()
    {
        var store = Open();
        using var reader = store.Read("a", 0);
        Assert.Empty(await reader.NextAsync(default));

        await store.AppendAsync([Line("a", "one"), Line("b", "other"), Line("a", "two")], default);
        Assert.Equal([(1, "one"), (2, "two")], await RestAsync(reader));
        await store.AppendAsync([Line("a", "three")], default);
        Assert.Equal([(3, "three")], await RestAsync(reader));

        Assert.Equal([(2, "two"), (3, "three")], await ReadAsync(Open(), "a", after: 1));
        Assert.Equal([(1, "other")], await ReadAsync(store, "b"));
    }

    [Fact]
    public async Task A_reader_from_now_on_gets_only_what_comes()
    {
        var store = Open();
        await store.AppendAsync([Line("a", "before")], default);
        using var reader = store.Read("a", null);
        Assert.Empty(await reader.NextAsync(default));

        await store.AppendAsync([Line("a", "after")], default);

        Assert.Equal([(2, "after")], await RestAsync(reader));
    }

    [Fact]
    public async Task Many_lines_of_every_length_are_read_as_they_were_written()
    {
        var store = Open();
        var texts = Enumerable.Range(0, 500).Select(i => new string((char)('a' + i % 26), i * 37 % 16_000) + "\nä€\u0001").ToList();

        foreach (var batch in texts.Chunk(90)) await store.AppendAsync([.. batch.Select(text => Line("a", text))], default);

        Assert.Equal(texts, (await ReadAsync(store, "a")).Select(line => line.Text));
    }

    [Fact]
    public async Task What_is_forgotten_is_gone_and_nothing_else()
    {
        var store = Open();
        await store.AppendAsync([Line("a", "x"), Line("b", "y"), Line("c", "z")], default);

        while (await store.ForgetAsync(["a", "b"], 1, default) == 1) { }

        Assert.Empty(await ReadAsync(store, "a"));
        Assert.Empty(await ReadAsync(store, "b"));
        Assert.Equal([(1, "z")], await ReadAsync(store, "c"));
    }

    [Fact]
    public async Task A_reader_misses_nothing_while_others_write()
    {
        var stores = kind == StorageKind.Sqlite ? [Open()] : new[] { Open(), Open(), Open() };
        var writing = Task.WhenAll(stores.Select((store, who) => Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++) await store.AppendAsync([Line("a", $"{who} {i}"), Line($"own{who}", "x")], default);
        })));
        var seen = new List<(long Seq, string Text)>();
        using var reader = Open().Read("a", 0);

        await Eventually.TrueAsync(async () =>
        {
            seen.AddRange(await RestAsync(reader));
            return seen.Count == 100 * stores.Length;
        }, () => $"{seen.Count} lines");

        await writing;
        Assert.Equal(Enumerable.Range(1, seen.Count).Select(seq => (long)seq), seen.Select(line => line.Seq));
        for (var who = 0; who < stores.Length; who++)
            Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{who} {i}"), seen.Select(line => line.Text).Where(text => text.StartsWith($"{who} ", StringComparison.Ordinal)));
    }

    protected string File(string run) => Path.Combine(_data!.Logs, run + ".jsonl");

    protected ILogStore Open() => _data is { } data ? new LogFiles(data) : new LogRows(_storage.Connection!);

    protected static WrittenLine Line(string run, string text) =>
        new(run, JsonSerializer.SerializeToUtf8Bytes(new LogLine(0, default, run + ".1", "a", LogLevel.Info, text), ContractJson.Options));

    protected static async Task<List<(long Seq, string Text)>> ReadAsync(ILogStore store, string run, long after = 0)
    {
        using var reader = store.Read(run, after);
        return await RestAsync(reader);
    }

    private static async Task<List<(long Seq, string Text)>> RestAsync(ILogReader reader)
    {
        var lines = new List<(long, string)>();
        while (await reader.NextAsync(default) is { Count: > 0 } next) lines.AddRange(next.Select(line => (line.Seq, line.Text)));
        return lines;
    }
}

public sealed class LogFilesTests(PostgresServer postgres) : LogStoreConformance(StorageKind.Sqlite, postgres)
{
    [Fact]
    public async Task A_line_that_was_half_written_when_the_server_was_killed_costs_itself_alone()
    {
        await Open().AppendAsync([Line("a", "one"), Line("a", "two")], default);
        var bytes = await System.IO.File.ReadAllBytesAsync(File("a"));
        await System.IO.File.WriteAllBytesAsync(File("a"), bytes[..^5]);

        await Open().AppendAsync([Line("a", "three"), Line("a", "four")], default);

        Assert.Equal(["one", "three", "four"], (await ReadAsync(Open(), "a")).Select(line => line.Text));
    }
}

public sealed class LogRowsTests(PostgresServer postgres) : LogStoreConformance(StorageKind.Postgres, postgres);
