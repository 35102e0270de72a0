using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Flows.Contract.Activities;

namespace Flows.Library.Network;

/// <summary>
/// Requests that flows send. A guarded one is checked by the address that it connects to, after the name was looked up and
/// after every redirection: a name that changes its address in between gains nothing.
/// </summary>
internal static class OutgoingRequests
{
    private static readonly ConcurrentDictionary<string, HttpClient> Clients = [];

    public static HttpClient By(NetworkPolicy policy) =>
        Clients.GetOrAdd(policy.IsGuarded ? string.Join(',', policy.Allowed) : "open", _ => new HttpClient(Handler(policy)) { Timeout = Timeout.InfiniteTimeSpan });

    // Names are looked up anew every two minutes.
    private static SocketsHttpHandler Handler(NetworkPolicy policy)
    {
        var handler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2), UseCookies = false };
        if (!policy.IsGuarded) return handler;
        IPNetwork[] allowed = [.. policy.Allowed.Select(IPNetwork.Parse)];
        // A proxy would look the name up itself.
        handler.UseProxy = false;
        handler.ConnectCallback = (context, cancellation) => ConnectAsync(context.DnsEndPoint, allowed, cancellation);
        return handler;
    }

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint target, IPNetwork[] allowed, CancellationToken cancellation)
    {
        var found = await Dns.GetHostAddressesAsync(target.Host, cancellation);
        var open = found.Where(address => PublicAddress.Is(address) || allowed.Any(network => network.Contains(PublicAddress.Plain(address)))).ToArray();
        if (open.Length == 0) throw new HttpRequestException($"{target.Host} is in a network that requests of flows do not reach here; an administrator can allow it (Access:Networks).");
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
