using System.Data.Common;
using System.Globalization;
using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Hub.Access;
using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;
using SQLitePCL;

namespace Flows.Hub.Triggers.Watches.Queries;

/// <summary>A database that a trigger reads and never writes: every query is in a transaction that may only read.</summary>
internal sealed class WatchedDatabase(bool isPostgres, string connection, Reach reach)
{
    private const int SecondsOfQuery = 60;

    /// <exception cref="WatchFault">The trigger does not say which.</exception>
    public static async Task<WatchedDatabase> OfAsync(WatchedTrigger trigger, Reach reach, CancellationToken cancellation) =>
        await trigger.SecretAsync("connection", cancellation) is { } connection
            ? new WatchedDatabase(trigger.Inputs.Text("database") == "postgres", connection, reach)
            : throw new WatchFault("The connection is empty, or there is no secret of its name.");

    /// <summary>The rows of a query as JSON, at most so many; a watermark leaves out what is not beyond it.</summary>
    /// <exception cref="WatchFault">The database is away, or refuses the query.</exception>
    public async Task<JsonArray> ReadAsync(string query, JsonNode? watermark, int most, CancellationToken cancellation)
    {
        try
        {
            await using var open = await OpenAsync(cancellation);
            if (isPostgres) await ExecuteAsync(open, "BEGIN READ ONLY", cancellation);
            await using var command = open.CreateCommand();
            (command.CommandText, command.CommandTimeout) = (query, SecondsOfQuery);
            if (watermark is not null) command.Parameters.Add(Parameter(watermark));
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            var rows = new JsonArray();
            while (rows.Count < most && await reader.ReadAsync(cancellation)) rows.Add((JsonNode)Row(reader));
            return rows;
        }
        catch (Exception broken) when (broken is DbException or ArgumentException or InvalidOperationException or IOException) { throw new WatchFault($"The database cannot be read: {broken.Message}", broken); }
    }

    /// <summary>A connection of its own that hears a channel.</summary>
    public async Task<NpgsqlConnection> ListenAsync(string channel, Action<string> told, CancellationToken cancellation)
    {
        NpgsqlConnection? open = null;
        try
        {
            open = await PostgresAddress.ConnectionAsync(new NpgsqlConnectionStringBuilder(connection) { Pooling = false, KeepAlive = 10, ApplicationName = "flows trigger" }, reach.Network, cancellation);
            open.Notification += (_, notice) => told(notice.Payload);
            await open.OpenAsync(cancellation);
            await ExecuteAsync(open, $"LISTEN \"{channel}\"", cancellation);
            return open;
        }
        catch (Exception broken) when (broken is DbException or ArgumentException or IOException)
        {
            if (open is not null) await open.DisposeAsync();
            throw new WatchFault($"The database cannot be listened to: {broken.Message}", broken);
        }
    }

    private async Task<DbConnection> OpenAsync(CancellationToken cancellation)
    {
        DbConnection open = isPostgres
            ? await PostgresAddress.ConnectionAsync(new NpgsqlConnectionStringBuilder(connection) { ApplicationName = "flows trigger" }, reach.Network, cancellation)
            : new SqliteConnection(FileOf(connection).ConnectionString);
        await open.OpenAsync(cancellation);
        // A query reads this file and none that it names itself.
        if (open is SqliteConnection { Handle: { } file }) raw.sqlite3_limit(file, raw.SQLITE_LIMIT_ATTACHED, 0);
        return open;
    }

    private SqliteConnectionStringBuilder FileOf(string connection)
    {
        var file = new SqliteConnectionStringBuilder(connection.Contains('=') ? connection : $"Data Source={connection}") { Mode = SqliteOpenMode.ReadOnly, Pooling = false };
        return reach.Folders.Allows(file.DataSource) ? file : throw new WatchFault($"'{file.DataSource}' {FolderPolicy.Refusal}");
    }

    private static async Task ExecuteAsync(DbConnection open, string statement, CancellationToken cancellation)
    {
        await using var command = open.CreateCommand();
        command.CommandText = statement;
        await command.ExecuteNonQueryAsync(cancellation);
    }

    // PostgreSQL finds the type by what it is compared with; SQLite compares only what is of one type.
    private DbParameter Parameter(JsonNode watermark) => isPostgres
        ? new NpgsqlParameter("watermark", NpgsqlDbType.Unknown) { Value = watermark.AsText() }
        : new SqliteParameter("@watermark", watermark.AsNumber() is { } number ? number == Math.Floor(number) && Math.Abs(number) < 1e15 ? (long)number : number : watermark.AsText());

    private static JsonObject Row(DbDataReader reader)
    {
        var row = new JsonObject();
        for (var i = 0; i < reader.FieldCount; i++) row[reader.GetName(i)] = Value(reader.IsDBNull(i) ? null : reader.GetValue(i));
        return row;
    }

    private static JsonNode? Value(object? value) => value switch
    {
        null => null,
        bool flag => flag,
        long or int or short or byte => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        double number => double.IsFinite(number) ? number : number.ToString(CultureInfo.InvariantCulture),
        float number => float.IsFinite(number) ? number : number.ToString(CultureInfo.InvariantCulture),
        decimal number => number,
        DateTime at => at.ToString("O", CultureInfo.InvariantCulture),
        byte[] bytes => Convert.ToHexStringLower(bytes),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };
}
