using System.Collections.Concurrent;
using System.Text;
using Flows.Contract.Runs;
using Flows.Hub;
using Flows.Hub.Storage;
using Flows.Tests.Support;

namespace Flows.Tests.Storage;

/// <summary>PostgreSQL is killed, not stopped. A server of its own: others are not to feel it.</summary>
public sealed class PostgresDeathTests
{
    [Fact]
    public async Task Appends_wait_out_a_killed_server_and_nothing_acknowledged_is_lost_or_doubled()
    {
        await using var postgres = new PostgresServer();
        var connection = await postgres.NewDatabaseAsync();
        var acknowledged = new ConcurrentDictionary<string, int>();
        await using var journal = new PostgresJournal(connection);
        using var enough = new CancellationTokenSource();

        var writers = Enumerable.Range(0, 100).Select(run => Task.Run(() => WriteAsync(journal, $"run{run}", acknowledged, enough.Token))).ToList();
        for (var kill = 0; kill < 3; kill++)
        {
            var before = acknowledged.Values.Sum();
            await Eventually.TrueAsync(() => Task.FromResult(acknowledged.Values.Sum() > before + 500));
            await postgres.KillAsync();
            await postgres.StartAsync();
        }
        await enough.CancelAsync();
        await Task.WhenAll(writers);

        Assert.All(acknowledged, run => Assert.Equal(
            Enumerable.Range(0, run.Value).Select(seq => $"{run.Key}-{seq}"), journal.Read(run.Key).Select(Encoding.UTF8.GetString)));
    }

    [Fact]
    public async Task Runs_go_on_and_new_ones_are_taken_while_the_server_is_killed_twice()
    {
        await using var postgres = new PostgresServer();
        await using var hub = await TestHub.StartAsync(options: new HubOptions { Storage = await postgres.NewDatabaseAsync() });
        await hub.ImportAsync(Some.Chain("busy", [.. Enumerable.Range(0, 100).Select(i => Some.Line($"l{i}", $"{i}")), Some.Delay("d", 0.2), Some.Line("end", "end")]));
        var running = new ConcurrentBag<string>();

        var starts = Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 10; i++) running.Add(await hub.StartRunAsync("busy"));
        })).ToList();
        for (var kill = 1; kill <= 2; kill++)
        {
            await Eventually.TrueAsync(() => Task.FromResult(running.Count >= kill * 15));
            await postgres.KillAsync();
            await postgres.StartAsync();
        }
        await Task.WhenAll(starts);

        Assert.Equal(60, running.Count);
        foreach (var run in running)
        {
            var record = await hub.UntilAsync(run, record => record.Status == RunStatus.Finished);
            Assert.Equal((RunSubStatus.Finished, 101), (record.SubStatus, record.Lines.Count));
        }
    }

    [Fact]
    public async Task A_journal_that_is_closed_while_the_server_is_dead_says_so_and_ends()
    {
        await using var postgres = new PostgresServer();
        var journal = new PostgresJournal(await postgres.NewDatabaseAsync());
        await postgres.KillAsync();

        var append = journal.AppendAsync("a", 0, [[1]]);
        await journal.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

        await Assert.ThrowsAnyAsync<Exception>(() => append);
        await postgres.StartAsync();
    }

    private static async Task WriteAsync(PostgresJournal journal, string run, ConcurrentDictionary<string, int> acknowledged, CancellationToken enough)
    {
        for (var seq = 0; !enough.IsCancellationRequested; seq++)
        {
            await journal.AppendAsync(run, seq, [Encoding.UTF8.GetBytes($"{run}-{seq}")]);
            acknowledged[run] = seq + 1;
        }
    }
}
