using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Flows.Hub.Storage;

/// <summary>Signals by LISTEN and NOTIFY, on a connection of their own that is opened again when it broke.</summary>
internal sealed class PostgresSignals : Signals, IAsyncDisposable
{
    private const string Channel = "flows";

    private readonly string _connection;
    private readonly CancellationTokenSource _closed = new();
    private readonly Task _listening;

    public PostgresSignals(string connection)
    {
        _connection = new NpgsqlConnectionStringBuilder(connection) { ApplicationName = "flows signals", Pooling = false, KeepAlive = 10 }.ConnectionString;
        _listening = Task.Run(ListenAsync);
    }

    public override void Send(FlowsDb db, string topic, string text) => db.Database.ExecuteSql($"SELECT pg_notify({Channel}, {topic + ':' + text})");

    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        await _listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _closed.Dispose();
    }

    private async Task ListenAsync()
    {
        for (var attempt = 0; !_closed.IsCancellationRequested; attempt++)
        {
            try { await ListenOnceAsync(() => attempt = 0); }
            catch (Exception broken) when (broken is NpgsqlException or IOException or System.Net.Sockets.SocketException)
            {
                await Task.Delay(PassingFault.Pause(attempt), _closed.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ListenOnceAsync(Action listening)
    {
        await using var connection = new NpgsqlConnection(_connection);
        connection.Notification += (_, told) => Hear(told.Payload);
        await connection.OpenAsync(_closed.Token);
        await using (var listen = new NpgsqlCommand($"LISTEN {Channel}", connection)) await listen.ExecuteNonQueryAsync(_closed.Token);
        listening();
        while (true) await connection.WaitAsync(_closed.Token);
    }

    private void Hear(string payload)
    {
        if (payload.Split(':', 2) is [var topic, var text]) Wake(topic, text);
    }
}
