using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Text;
using Flows.Hub.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Artifacts.Collection;

/// <summary>
/// Every digest that anything stored names: all tables, journals among them, are read as text, whichever slice they belong to. So a
/// slice that comes later need not say what it refers to, and nothing that a record names is ever missed. Only the table
/// that says which project has which bytes is left out: it names them all.
/// </summary>
public sealed class NamedDigests(IDbContextFactory<FlowsDb> databases, DataFolder data)
{
    private const string Owners = "artifact_records";

    public async IAsyncEnumerable<string> AllAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (db.IsShared)
        {
            await db.Database.OpenConnectionAsync(cancellation);
            await foreach (var digest in InAsync(db.Database.GetDbConnection(), PostgresColumns, '"', cancellation)) yield return digest;
            yield break;
        }
        foreach (var file in Directory.EnumerateFiles(data.Path, "*.db").Where(IsSqlite))
        {
            await using var connection = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Default Timeout=30;Pooling=False");
            await connection.OpenAsync(cancellation);
            await foreach (var digest in InAsync(connection, SqliteColumns, '"', cancellation)) yield return digest;
        }
    }

    private const string SqliteColumns = """
        SELECT '' AS schema, t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'
        """;

    private const string PostgresColumns = """
        SELECT table_schema, table_name, column_name FROM information_schema.columns
        WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND data_type IN ('text', 'character varying', 'character', 'json', 'jsonb', 'bytea')
        """;

    private static async IAsyncEnumerable<string> InAsync(DbConnection connection, string columns, char quote, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var (schema, table, column) in await ColumnsAsync(connection, columns, cancellation))
        {
            var name = $"{quote}{column}{quote}";
            await using var command = connection.CreateCommand();
            command.CommandText = $"SELECT {name} FROM {(schema.Length == 0 ? "" : $"{quote}{schema}{quote}.")}{quote}{table}{quote} WHERE {name} IS NOT NULL";
            await using var rows = await command.ExecuteReaderAsync(cancellation);
            while (await rows.ReadAsync(cancellation))
            {
                foreach (var digest in DigestScan.In(Bytes(rows.GetValue(0)))) yield return digest;
            }
        }
    }

    private static async Task<List<(string Schema, string Table, string Column)>> ColumnsAsync(DbConnection connection, string columns, CancellationToken cancellation)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = columns;
        var found = new List<(string, string, string)>();
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation))
        {
            if (rows.GetString(1) != Owners) found.Add((rows.GetString(0), rows.GetString(1), rows.GetString(2)));
        }
        return found;
    }

    private static byte[] Bytes(object value) => value switch { byte[] bytes => bytes, string text => Encoding.UTF8.GetBytes(text), _ => [] };

    private static bool IsSqlite(string file)
    {
        using var bytes = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> head = stackalloc byte[15];
        return bytes.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && head.SequenceEqual("SQLite format 3"u8);
    }
}
