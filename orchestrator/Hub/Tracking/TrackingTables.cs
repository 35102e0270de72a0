using System.Data.Common;

namespace Flows.Hub.Tracking;

/// <summary>The tables of the tracking data, and statements for them that both storages take.</summary>
internal static class TrackingTables
{
    /// <summary>
    /// A curve is a row of <c>tracking_series</c> (what is asked for most: its last value, lowest, highest; null where that is no number)
    /// and its points in pieces, as they came: a million of them are a hundred rows.
    /// </summary>
    /// <param name="bytes">The storage's type for bytes.</param>
    public static string Create(string bytes) => $"""
        CREATE TABLE IF NOT EXISTS tracking_writers (run text NOT NULL, writer text NOT NULL, accepted bigint NOT NULL, PRIMARY KEY (run, writer));
        CREATE TABLE IF NOT EXISTS tracking_attempts (run text NOT NULL, step text NOT NULL, attempt bigint NOT NULL, PRIMARY KEY (run, step));
        CREATE TABLE IF NOT EXISTS tracking_series (run text NOT NULL, step text NOT NULL, name text NOT NULL, points bigint NOT NULL,
            last_step bigint NOT NULL, last_at bigint NOT NULL, last_value double precision, lowest double precision, highest double precision, PRIMARY KEY (run, step, name));
        CREATE TABLE IF NOT EXISTS tracking_points (run text NOT NULL, step text NOT NULL, name text NOT NULL, first bigint NOT NULL, body {bytes} NOT NULL, PRIMARY KEY (run, step, name, first));
        CREATE TABLE IF NOT EXISTS tracking_facts (run text NOT NULL, step text NOT NULL, kind text NOT NULL, name text NOT NULL, place bigint NOT NULL, body text NOT NULL, at bigint NOT NULL,
            PRIMARY KEY (run, step, kind, name, place));
        """;

    /// <summary>All tables; what a run leaves is found by its id in each.</summary>
    public static readonly string[] Names = ["tracking_points", "tracking_series", "tracking_facts", "tracking_attempts", "tracking_writers"];

    /// <summary>Tables that hold what a step said, by run and step.</summary>
    public static readonly string[] OfSteps = ["tracking_points", "tracking_series", "tracking_facts"];

    public static DbCommand Command(this DbTransaction transaction, string sql, params (string Name, object? Value)[] values) => With(transaction.Connection!, transaction, sql, values);

    public static DbCommand Command(this DbConnection connection, string sql, params (string Name, object? Value)[] values) => With(connection, null, sql, values);

    private static DbCommand With(DbConnection connection, DbTransaction? transaction, string sql, (string Name, object? Value)[] values)
    {
        var command = connection.CreateCommand();
        (command.CommandText, command.Transaction) = (sql, transaction);
        foreach (var (name, value) in values)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value ?? DBNull.Value);
            command.Parameters.Add(parameter);
        }
        return command;
    }
}
