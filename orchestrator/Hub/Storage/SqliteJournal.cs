using Microsoft.Data.Sqlite;

namespace Flows.Hub.Storage;

/// <summary>
/// The journal in a SQLite file of its own (WAL, synchronous=FULL). One thread writes; every transaction takes
/// all that waits, so that many runs share one flush to disk (group commit).
/// </summary>
public sealed class SqliteJournal : IJournal
{
    private const int ConstraintViolated = 19;

    private readonly GroupCommit<Append> _writer;
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _insert;
    private readonly string _source;

    public SqliteJournal(string file)
    {
        _source = $"Data Source={file};Default Timeout=30";
        _connection = new SqliteConnection(_source);
        _connection.Open();
        Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000");
        Execute("CREATE TABLE IF NOT EXISTS events (run TEXT NOT NULL, seq INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (run, seq)) WITHOUT ROWID");
        _insert = Insert();
        _writer = new GroupCommit<Append>("journal", Commit, isDirect: true);
    }

    public Task AppendAsync(string runId, long from, IReadOnlyList<byte[]> events) => _writer.AddAsync(new Append(runId, from, events));

    public IReadOnlyList<byte[]> Read(string runId, long from = 0)
    {
        using var connection = new SqliteConnection(_source);
        connection.Open();
        using var select = connection.CreateCommand();
        select.CommandText = "SELECT body FROM events WHERE run = $run AND seq >= $from ORDER BY seq";
        select.Parameters.AddWithValue("$run", runId);
        select.Parameters.AddWithValue("$from", from);
        using var rows = select.ExecuteReader();
        var events = new List<byte[]>();
        while (rows.Read()) events.Add((byte[])rows[0]);
        return events;
    }

    // On a connection of its own: the writer's next commit waits for this one's, which is short.
    public Task<int> ForgetAsync(IReadOnlyList<string> runIds, int most) => Task.Run(() =>
    {
        using var connection = new SqliteConnection(_source);
        connection.Open();
        using var delete = connection.CreateCommand();
        var names = string.Join(", ", runIds.Select((run, i) => delete.Parameters.AddWithValue($"$r{i}", run).ParameterName));
        delete.CommandText = $"DELETE FROM events WHERE (run, seq) IN (SELECT run, seq FROM events WHERE run IN ({names}) LIMIT $most)";
        delete.Parameters.AddWithValue("$most", most);
        return delete.ExecuteNonQuery();
    });

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        await _insert.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private void Commit(IReadOnlyList<Append> waiting)
    {
        try { Insert(waiting); }
        catch (SqliteException refused) when (refused.SqliteErrorCode == ConstraintViolated && waiting.Count == 1)
        {
            throw new JournalTaken(waiting[0].RunId, refused);
        }
    }

    private void Insert(IReadOnlyList<Append> waiting)
    {
        using var transaction = _connection.BeginTransaction();
        _insert.Transaction = transaction;
        foreach (var append in waiting)
        {
            _insert.Parameters[0].Value = append.RunId;
            for (var i = 0; i < append.Events.Count; i++)
            {
                _insert.Parameters[1].Value = append.From + i;
                _insert.Parameters[2].Value = append.Events[i];
                _insert.ExecuteNonQuery();
            }
        }
        transaction.Commit();
    }

    private SqliteCommand Insert()
    {
        var insert = _connection.CreateCommand();
        insert.CommandText = "INSERT INTO events (run, seq, body) VALUES ($run, $seq, $body)";
        insert.Parameters.Add("$run", SqliteType.Text);
        insert.Parameters.Add("$seq", SqliteType.Integer);
        insert.Parameters.Add("$body", SqliteType.Blob);
        insert.Prepare();
        return insert;
    }

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private sealed record Append(string RunId, long From, IReadOnlyList<byte[]> Events);
}
