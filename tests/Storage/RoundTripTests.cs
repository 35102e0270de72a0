using System.Data.Common;
using System.Diagnostics;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Flows.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Flows.Tests.Storage;

/// <summary>How often PostgreSQL is asked: runs that begin or end together share what they cost, and a step costs one statement.</summary>
public sealed class RoundTripTests(PostgresServer postgres)
{
    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public async Task Runs_that_begin_or_end_together_take_as_many_round_trips_as_one(int runs)
    {
        using var storage = await TestStorage.NewAsync(StorageKind.Postgres, postgres);
        await (await TestHub.StartAsync(storage.Folder, storage.Options)).DisposeAsync();
        var gate = new Gate(storage.Connection!);
        await using var store = new RunStore(gate);
        var rows = Enumerable.Range(0, runs).Select(i => Row($"run{i:000}")).ToList();
        await store.AddAsync(Row("first"), Flow);

        var begun = await CountAsync(gate, store, () => rows.ConvertAll(row => (Task)store.AddAsync(row, Flow)));
        var ended = await CountAsync(gate, store, () => rows.ConvertAll(row => store.EndAsync(row.Id, Record(row.Id))));

        Assert.Equal((1, 1), (begun, ended));
        var found = await store.ListAsync(new RunFilter(null, RunStatus.Finished, null, null, 200), default);
        Assert.Equal(rows.Select(row => row.Id), found.Select(run => run.Id).Order());
        Assert.Contains($"\"id\":\"{rows[^1].Id}\"", (await store.FindAsync(rows[^1].Id))!.Record);
    }

    [Fact]
    public async Task A_step_costs_one_statement_and_a_run_a_few_more()
    {
        using var storage = await TestStorage.NewAsync(StorageKind.Postgres, postgres);
        await using var hub = await TestHub.StartAsync(storage.Folder, storage.Options);
        await hub.ImportAsync(Some.Chain("lines", [.. Enumerable.Range(0, 20).Select(i => Some.Line($"l{i}", "said"))]));
        await hub.RunAsync("lines");

        using var statements = new Statements(storage.Connection!);
        await hub.RunAsync("lines");

        Assert.Equal(21, statements.Count("INTO journal"));
        Assert.Equal((1, 1), (statements.Count("INSERT INTO runs"), statements.Count("WITH ended")));
    }

    private static FlowDefinition Flow { get; } = FlowFile.ReadOne(Some.Chain("f", Some.Line("a", "one")));

    private static RunRow Row(string id) => new()
    {
        Id = id, DefinitionId = "f", DefinitionDigest = "f", Request = "{}", TokenHash = "", OwnerId = "me", Status = RunStatus.Running,
    };

    private static RunRecord Record(string id) => new() { Id = id, DefinitionId = "f", Status = RunStatus.Finished, SubStatus = RunSubStatus.Finished, FinishedAt = DateTimeOffset.UnixEpoch };

    // Another write holds the writer until all of these wait for the next commit.
    private static async Task<int> CountAsync(Gate gate, RunStore store, Func<IReadOnlyList<Task>> writes)
    {
        var entered = gate.Close();
        var before = Task.Run(() => store.MarkAsync(Row("first"), RunStatus.Running, RunSubStatus.Executing));
        await entered;
        var together = writes();
        gate.Open();
        await before;
        await Task.WhenAll(together);
        return gate.Asked - 1;
    }

    /// <summary>Makes contexts while it is open, and counts what is asked through them.</summary>
    private sealed class Gate(string connection) : DbCommandInterceptor, IDbContextFactory<FlowsDb>, IDbTransactionInterceptor
    {
        private readonly ManualResetEventSlim _open = new(true);
        private TaskCompletionSource _entered = new();
        private int _asked;

        public int Asked => _asked;

        public FlowsDb CreateDbContext()
        {
            _entered.TrySetResult();
            _open.Wait();
            return new PostgresFlowsDb(new DbContextOptionsBuilder<PostgresFlowsDb>().UseNpgsql(connection).AddInterceptors(this).Options);
        }

        /// <summary>Ends when somebody stands before it.</summary>
        public Task Close()
        {
            (_entered, _asked) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), 0);
            _open.Reset();
            return _entered.Task;
        }

        public void Open() => _open.Set();

        public override DbDataReader ReaderExecuted(DbCommand command, CommandExecutedEventData data, DbDataReader result) => Counted(result);

        public override int NonQueryExecuted(DbCommand command, CommandExecutedEventData data, int result) => Counted(result);

        public override object? ScalarExecuted(DbCommand command, CommandExecutedEventData data, object? result) => Counted(result);

        public void CreatedSavepoint(DbTransaction transaction, TransactionEventData data) => Counted(0);

        public void ReleasedSavepoint(DbTransaction transaction, TransactionEventData data) => Counted(0);

        private T Counted<T>(T result)
        {
            Interlocked.Increment(ref _asked);
            return result;
        }
    }

    /// <summary>What Npgsql sends to one database.</summary>
    private sealed class Statements : IDisposable
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _sent = [];
        private readonly ActivityListener _listener;

        public Statements(string connection)
        {
            var database = new Npgsql.NpgsqlConnectionStringBuilder(connection).Database;
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == "Npgsql",
                Sample = (ref _) => ActivitySamplingResult.AllData,
                ActivityStopped = activity =>
                {
                    if (Equals(activity.GetTagItem("db.namespace"), database)) _sent.Enqueue($"{activity.GetTagItem("db.query.text")}");
                },
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public int Count(string text) => _sent.Count(statement => statement.Contains(text, StringComparison.Ordinal));

        public void Dispose() => _listener.Dispose();
    }
}
