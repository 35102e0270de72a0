using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Flows.Tests.Support;

/// <summary>A line to a database of this machine that can be cut: from then on nothing passes in either direction, and neither side is told.</summary>
public sealed class CutLine : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly NpgsqlConnectionStringBuilder _target;
    private volatile bool _isCut;

    private CutLine(string storage) => _target = new NpgsqlConnectionStringBuilder(storage);

    /// <summary>The connection string that goes over the line.</summary>
    public string Storage => new NpgsqlConnectionStringBuilder(_target.ConnectionString) { Port = ((IPEndPoint)_listener.LocalEndpoint).Port }.ConnectionString;

    public static CutLine To(string storage)
    {
        var line = new CutLine(storage);
        line._listener.Start();
        _ = line.AcceptAsync();
        return line;
    }

    public void Cut() => _isCut = true;

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            try { _ = ConnectAsync(await _listener.AcceptTcpClientAsync(_over.Token)); }
            catch (OperationCanceledException) { return; }
        }
    }

    private async Task ConnectAsync(TcpClient near)
    {
        using var far = new TcpClient();
        using (near)
        {
            try
            {
                await far.ConnectAsync(_target.Host!, _target.Port, _over.Token);
                await Task.WhenAny(PassAsync(near.GetStream(), far.GetStream()), PassAsync(far.GetStream(), near.GetStream()));
            }
            catch (Exception gone) when (gone is OperationCanceledException or SocketException) { /* one side has hung up */ }
        }
    }

    private async Task PassAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[65536];
        try
        {
            while (await from.ReadAsync(buffer, _over.Token) is > 0 and var count)
            {
                if (_isCut) await Task.Delay(Timeout.Infinite, _over.Token);
                await to.WriteAsync(buffer.AsMemory(0, count), _over.Token);
            }
            if (_isCut) await Task.Delay(Timeout.Infinite, _over.Token);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException) { /* one side has hung up */ }
    }
}
