using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Flows.Contract.Activities;

namespace Flows.Library.Network;

/// <summary>
/// Requests that flows send. A guarded one is checked by the address that it connects to, after the name was looked up and
/// after every redirection: a name that changes its address in between gains nothing.
/// </summary>
public static class OutgoingRequests
{
    private static readonly ConcurrentDictionary<string, HttpClient> Clients = [];

    public static HttpClient By(NetworkPolicy policy) =>
        Clients.GetOrAdd(policy.IsGuarded ? string.Join(',', policy.Allowed) : "open", _ => new HttpClient(Handler(policy)) { Timeout = Timeout.InfiniteTimeSpan });

    // Names are looked up anew every two minutes.
    private static SocketsHttpHandler Handler(NetworkPolicy policy)
    {
        var handler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2), UseCookies = false };
        if (!policy.IsGuarded) return handler;
        // A proxy would look the name up itself.
        handler.UseProxy = false;
        handler.ConnectCallback = (context, cancellation) => ConnectAsync(context.DnsEndPoint, policy, cancellation);
        return handler;
    }

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint target, NetworkPolicy policy, CancellationToken cancellation)
    {
        var open = await ReachableHost.FindAsync(target.Host, policy, cancellation);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(open, target.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
