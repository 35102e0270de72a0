using System.Text;
using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Runs;
using Flows.Hub.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Flows.Hub.Logs;

/// <summary>
/// Logs as rows of a PostgreSQL that orchestrators share, some lines to a row. Each of them may write lines of any run; the
/// database numbers them. <c>synchronous_commit=off</c>: a power cut of the database's machine may cost the last moment's.
/// </summary>
public sealed class LogRows : ILogStore, IAsyncDisposable
{
    private const int MostOfRow = 256 * 1024;
    private const int RowsAtOnce = 16;

    // Any number: with it orchestrators number the lines of one run one after the other.
    private const int NumberingLock = 0x6c6f67;

    private readonly NpgsqlDataSource _source;

    public LogRows(string connection)
    {
        _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection) { ApplicationName = "flows logs", MaxPoolSize = 10, Options = "-c synchronous_commit=off" });
        PostgresTables.Create(_source, """
            CREATE TABLE IF NOT EXISTS run_logs (run text COLLATE "C" NOT NULL, last bigint NOT NULL, lines int NOT NULL, chunk uuid NOT NULL, body bytea NOT NULL, PRIMARY KEY (run, last));
            """);
    }

    public async Task AppendAsync(IReadOnlyList<WrittenLine> lines, CancellationToken cancellation)
    {
        var chunks = lines.GroupBy(line => line.RunId).SelectMany(run => Chunks(run.Key, run)).ToList();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                // A commit whose answer was lost may have come through.
                if (attempt > 0) chunks = await MissingAsync(chunks, cancellation);
                await InsertAsync(chunks, cancellation);
                return;
            }
            catch (Exception broken) when (PassingFault.Is(broken)) { await Task.Delay(PassingFault.Pause(attempt), cancellation); }
        }
    }

    public ILogReader Read(string runId, long? after) => new Reader(_source, runId, after);

    public async Task<int> ForgetAsync(IReadOnlyList<string> runIds, int most, CancellationToken cancellation)
    {
        await using var delete = _source.CreateCommand("DELETE FROM run_logs WHERE ctid = ANY (ARRAY(SELECT ctid FROM run_logs WHERE run = ANY ($1) LIMIT $2))");
        delete.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. runIds] });
        delete.Parameters.Add(new NpgsqlParameter<int> { TypedValue = most });
        return await delete.ExecuteNonQueryAsync(cancellation);
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static IEnumerable<Chunk> Chunks(string runId, IEnumerable<WrittenLine> lines)
    {
        var (body, count) = (new MemoryStream(), 0);
        foreach (var line in lines)
        {
            body.Write(line.Json);
            body.WriteByte((byte)'\n');
            count++;
            if (body.Length < MostOfRow) continue;
            yield return new Chunk(runId, count, Guid.CreateVersion7(), body.ToArray());
            (body, count) = (new MemoryStream(), 0);
        }
        if (count > 0) yield return new Chunk(runId, count, Guid.CreateVersion7(), body.ToArray());
    }

    // The lock is taken in the order of the runs, so that two orchestrators do not wait for each other.
    private async Task InsertAsync(List<Chunk> chunks, CancellationToken cancellation)
    {
        if (chunks.Count == 0) return;
        await using var connection = await _source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"SELECT pg_advisory_xact_lock({NumberingLock}, hash) FROM (SELECT DISTINCT hashtext(run) AS hash FROM unnest($1) AS run ORDER BY 1) AS runs") { Parameters = { Runs(chunks) } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            INSERT INTO run_logs (run, last, lines, chunk, body)
            SELECT run, coalesce((SELECT max(last) FROM run_logs AS earlier WHERE earlier.run = sent.run), 0) + sum(lines) OVER (PARTITION BY run ORDER BY place), lines, chunk, body
            FROM unnest($1, $2, $3, $4) WITH ORDINALITY AS sent (run, lines, chunk, body, place)
            """)
        {
            Parameters =
            {
                Runs(chunks),
                new NpgsqlParameter<int[]> { TypedValue = [.. chunks.Select(chunk => chunk.Lines)] },
                new NpgsqlParameter<Guid[]> { TypedValue = [.. chunks.Select(chunk => chunk.Id)] },
                new NpgsqlParameter<byte[][]> { TypedValue = [.. chunks.Select(chunk => chunk.Body)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
            },
        });
        await batch.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private async Task<List<Chunk>> MissingAsync(List<Chunk> chunks, CancellationToken cancellation)
    {
        await using var select = _source.CreateCommand("SELECT chunk FROM run_logs WHERE run = ANY ($1) AND chunk = ANY ($2)");
        select.Parameters.Add(Runs(chunks));
        select.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. chunks.Select(chunk => chunk.Id)] });
        await using var rows = await select.ExecuteReaderAsync(cancellation);
        var there = new HashSet<Guid>();
        while (await rows.ReadAsync(cancellation)) there.Add(rows.GetGuid(0));
        return chunks.FindAll(chunk => !there.Contains(chunk.Id));
    }

    private static NpgsqlParameter<string[]> Runs(List<Chunk> chunks) => new() { TypedValue = [.. chunks.Select(chunk => chunk.RunId)] };

    private sealed record Chunk(string RunId, int Lines, Guid Id, byte[] Body);

    private sealed class Reader(NpgsqlDataSource source, string runId, long? after) : ILogReader
    {
        private long? _after = after;

        public async Task<IReadOnlyList<LogLine>> NextAsync(CancellationToken cancellation)
        {
            var found = new List<LogLine>();
            // What could not be read now is read the next time.
            try { await NextAsync(found, cancellation); }
            catch (Exception broken) when (PassingFault.Is(broken)) { await Task.Delay(PassingFault.LongestPause, cancellation); }
            return found;
        }

        public void Dispose() { }

        private async Task NextAsync(List<LogLine> found, CancellationToken cancellation)
        {
            if (_after is null)
            {
                _after = await LastAsync(cancellation);
                return;
            }
            await using var select = source.CreateCommand("SELECT last, lines, body FROM run_logs WHERE run = $1 AND last > $2 ORDER BY last LIMIT $3");
            select.Parameters.Add(new NpgsqlParameter<string> { TypedValue = runId });
            select.Parameters.Add(new NpgsqlParameter<long> { TypedValue = _after.Value });
            select.Parameters.Add(new NpgsqlParameter<int> { TypedValue = RowsAtOnce });
            await using var rows = await select.ExecuteReaderAsync(cancellation);
            while (await rows.ReadAsync(cancellation)) Take(rows.GetInt64(0) - rows.GetInt32(1), rows.GetFieldValue<byte[]>(2), found);
        }

        private void Take(long before, byte[] body, List<LogLine> found)
        {
            foreach (var text in Encoding.UTF8.GetString(body).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                if (++before > _after) found.Add(JsonSerializer.Deserialize<LogLine>(text, ContractJson.Options)! with { Seq = before });
            }
            _after = Math.Max(_after!.Value, before);
        }

        private async Task<long> LastAsync(CancellationToken cancellation)
        {
            await using var select = source.CreateCommand("SELECT coalesce(max(last), 0) FROM run_logs WHERE run = $1");
            select.Parameters.Add(new NpgsqlParameter<string> { TypedValue = runId });
            return (long)(await select.ExecuteScalarAsync(cancellation))!;
        }
    }
}
