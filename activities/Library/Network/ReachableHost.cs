using System.Net;
using Flows.Contract.Activities;

namespace Flows.Library.Network;

/// <summary>Looks a name up and says which of its addresses may be reached. Whoever connects takes these, and does not look the name up again.</summary>
public static class ReachableHost
{
    /// <exception cref="HttpRequestException">None of them may.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">There is no such name.</exception>
    public static async Task<IPAddress[]> FindAsync(string host, NetworkPolicy policy, CancellationToken cancellation)
    {
        var found = await Dns.GetHostAddressesAsync(host, cancellation);
        if (!policy.IsGuarded) return found;
        IPNetwork[] allowed = [.. policy.Allowed.Select(IPNetwork.Parse)];
        IPAddress[] open = [.. found.Where(address => PublicAddress.Is(address) || allowed.Any(network => network.Contains(PublicAddress.Plain(address))))];
        return open.Length > 0 ? open : throw new HttpRequestException($"{host} is in a network that flows do not reach here; an administrator can allow it (Access:Networks).");
    }
}
