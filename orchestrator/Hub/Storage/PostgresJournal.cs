using Npgsql;
using NpgsqlTypes;

namespace Flows.Hub.Storage;

/// <summary>
/// The journal as a table of PostgreSQL, <c>synchronous_commit=on</c>. Each writer puts all that waits into one
/// statement, so that many runs share one round trip and one flush (group commit).
/// </summary>
public sealed class PostgresJournal : IJournal
{
    // While one waits for its flush the other gathers and sends.
    private const int Writers = 2;

    private readonly NpgsqlDataSource _source;
    private readonly GroupCommit<Append>[] _writers;

    public PostgresJournal(string connection)
    {
        _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection)
        {
            ApplicationName = "flows journal",
            NoResetOnClose = true,
            MaxAutoPrepare = 10,
            AutoPrepareMinUsages = 2,
            Options = "-c synchronous_commit=on",
        });
        PostgresTables.Create(_source, """CREATE TABLE IF NOT EXISTS journal (run text COLLATE "C" NOT NULL, seq bigint NOT NULL, body bytea NOT NULL, PRIMARY KEY (run, seq))""");
        _writers = [.. Enumerable.Range(0, Writers).Select(i => new GroupCommit<Append>($"journal {i}", Commit, isDirect: true))];
    }

    // A run keeps to one writer, which keeps its order.
    public Task AppendAsync(string runId, long from, IReadOnlyList<byte[]> events) =>
        _writers[(uint)string.GetHashCode(runId, StringComparison.Ordinal) % Writers].AddAsync(new Append(runId, from, events));

    public IReadOnlyList<byte[]> Read(string runId, long from = 0)
    {
        for (var attempt = 0; ; attempt++)
        {
            try { return ReadOnce(runId, from); }
            catch (Exception broken) when (attempt < 12 && PassingFault.Is(broken)) { Task.Delay(PassingFault.Pause(attempt)).Wait(); }
        }
    }

    public async Task<int> ForgetAsync(IReadOnlyList<string> runIds, int most)
    {
        await using var delete = _source.CreateCommand("DELETE FROM journal WHERE ctid = ANY (ARRAY(SELECT ctid FROM journal WHERE run = ANY ($1) LIMIT $2))");
        delete.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. runIds] });
        delete.Parameters.Add(new NpgsqlParameter<int> { TypedValue = most });
        return await delete.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var writer in _writers) await writer.DisposeAsync();
        await _source.DisposeAsync();
    }

    private List<byte[]> ReadOnce(string runId, long from)
    {
        using var select = _source.CreateCommand("SELECT body FROM journal WHERE run = $1 AND seq >= $2 ORDER BY seq");
        select.Parameters.Add(new NpgsqlParameter<string> { TypedValue = runId });
        select.Parameters.Add(new NpgsqlParameter<long> { TypedValue = from });
        using var rows = select.ExecuteReader();
        var events = new List<byte[]>();
        while (rows.Read()) events.Add(rows.GetFieldValue<byte[]>(0));
        return events;
    }

    private void Commit(IReadOnlyList<Append> waiting)
    {
        try
        {
            using var connection = _source.OpenConnection();
            var missing = waiting.Where(append => !append.MayBeThere || !IsThere(connection, append)).ToList();
            if (missing is [{ Events: [var only] }]) Insert(connection, missing[0], only);
            else if (missing.Count > 0) Insert(connection, missing);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.UniqueViolation && waiting.Count == 1)
        {
            throw new JournalTaken(waiting[0].RunId, refused);
        }
        catch (Exception broken) when (PassingFault.Is(broken))
        {
            // The connection broke: whether the commit came through is not known until it is looked up.
            foreach (var append in waiting) append.MayBeThere = true;
            throw;
        }
    }

    // What most commits of few runs are; opening arrays of one costs the database a quarter more.
    private static void Insert(NpgsqlConnection connection, Append append, byte[] happened)
    {
        using var insert = new NpgsqlCommand("INSERT INTO journal (run, seq, body) VALUES ($1, $2, $3)", connection);
        insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = append.RunId });
        insert.Parameters.Add(new NpgsqlParameter<long> { TypedValue = append.From });
        insert.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = happened });
        insert.ExecuteNonQuery();
    }

    private static void Insert(NpgsqlConnection connection, List<Append> appends)
    {
        using var insert = new NpgsqlCommand("INSERT INTO journal (run, seq, body) SELECT * FROM unnest($1, $2, $3)", connection);
        insert.Parameters.Add(Array(NpgsqlDbType.Text, appends.SelectMany(append => Enumerable.Repeat(append.RunId, append.Events.Count))));
        insert.Parameters.Add(Array(NpgsqlDbType.Bigint, appends.SelectMany(append => append.Events.Select((_, i) => append.From + i))));
        insert.Parameters.Add(Array(NpgsqlDbType.Bytea, appends.SelectMany(append => append.Events)));
        insert.ExecuteNonQuery();
    }

    private static bool IsThere(NpgsqlConnection connection, Append append)
    {
        using var count = new NpgsqlCommand("SELECT count(*) FROM journal JOIN unnest($2, $3) AS sent (seq, body) USING (seq, body) WHERE run = $1", connection);
        count.Parameters.Add(new NpgsqlParameter<string> { TypedValue = append.RunId });
        count.Parameters.Add(Array(NpgsqlDbType.Bigint, append.Events.Select((_, i) => append.From + i)));
        count.Parameters.Add(Array(NpgsqlDbType.Bytea, append.Events));
        return (long)count.ExecuteScalar()! == append.Events.Count;
    }

    private static NpgsqlParameter Array<T>(NpgsqlDbType type, IEnumerable<T> values) =>
        new NpgsqlParameter<T[]> { TypedValue = [.. values], NpgsqlDbType = NpgsqlDbType.Array | type };

    private sealed record Append(string RunId, long From, IReadOnlyList<byte[]> Events)
    {
        /// <summary>An earlier try broke off, perhaps after the database had committed it.</summary>
        public bool MayBeThere { get; set; }
    }
}
