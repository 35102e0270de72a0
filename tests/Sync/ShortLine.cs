using System.Net;
using System.Net.Sockets;

namespace Flows.Tests.Sync;

/// <summary>A line to a server of this machine over which so many bytes go; then it breaks, in the middle of whatever was said.</summary>
internal sealed class ShortLine : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly Uri _target;
    private long _left;

    public ShortLine(string target, long bytes)
    {
        (_target, _left) = (new Uri(target), bytes);
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Dispose();
        _over.Dispose();
    }

    private async Task AcceptAsync()
    {
        try { while (true) _ = ConnectAsync(await _listener.AcceptTcpClientAsync(_over.Token)); }
        catch (Exception gone) when (gone is OperationCanceledException or SocketException or ObjectDisposedException) { /* the test is over */ }
    }

    private async Task ConnectAsync(TcpClient near)
    {
        using var far = new TcpClient();
        using (near)
        {
            try
            {
                await far.ConnectAsync(_target.Host, _target.Port, _over.Token);
                await Task.WhenAny(PassAsync(near.GetStream(), far.GetStream()), PassAsync(far.GetStream(), near.GetStream()));
            }
            catch (Exception gone) when (gone is OperationCanceledException or SocketException or ObjectDisposedException) { /* one side has hung up */ }
            // Not a polite end: the other side is reset.
            far.LingerState = near.LingerState = new LingerOption(true, 0);
        }
    }

    private async Task PassAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[1024];
        try
        {
            while (await from.ReadAsync(buffer, _over.Token) is > 0 and var count)
            {
                var may = (int)Math.Min(count, Interlocked.Add(ref _left, -count) + count);
                if (may > 0) await to.WriteAsync(buffer.AsMemory(0, may), _over.Token);
                if (may < count) return;
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or ObjectDisposedException) { /* one side has hung up */ }
    }
}
