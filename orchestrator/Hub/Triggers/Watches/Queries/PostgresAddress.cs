using System.Net.Sockets;
using Flows.Contract.Activities;
using Flows.Library.Network;
using Npgsql;

namespace Flows.Hub.Triggers.Watches.Queries;

/// <summary>Opens PostgreSQL connections that somebody who draws flows has written down.</summary>
internal static class PostgresAddress
{
    /// <summary>A connection, not open yet; where people sign in, to an address that may be reached, by the name's certificate all the same.</summary>
    /// <exception cref="WatchFault">The address may not be reached.</exception>
    public static async Task<NpgsqlConnection> ConnectionAsync(NpgsqlConnectionStringBuilder settings, NetworkPolicy policy, CancellationToken cancellation)
    {
        if (!policy.IsGuarded) return new NpgsqlConnection(settings.ConnectionString);
        var host = settings.Host ?? "";
        if (host.Length == 0 || host.Contains(',') || host.StartsWith('/') || host.StartsWith('@')) throw new WatchFault("The database cannot be reached: its connection must name one host.");
        // Files of the server's machine are not for those who draw flows.
        if (FilesIn(settings) is { Count: > 0 } files) throw new WatchFault($"The database cannot be reached: {string.Join(", ", files)} would be read from the server's machine.");
        try { settings.Host = (await ReachableHost.FindAsync(host, policy, cancellation))[0].ToString(); }
        catch (Exception closed) when (closed is HttpRequestException or SocketException) { throw new WatchFault($"The database cannot be reached: {closed.Message}", closed); }
        return new NpgsqlConnection(settings.ConnectionString) { SslClientAuthenticationOptionsCallback = tls => tls.TargetHost = host };
    }

    private static List<string> FilesIn(NpgsqlConnectionStringBuilder settings) =>
        [.. new[] { ("Passfile", settings.Passfile), ("SSL Certificate", settings.SslCertificate), ("SSL Key", settings.SslKey), ("Root Certificate", settings.RootCertificate) }.Where(file => !string.IsNullOrEmpty(file.Item2)).Select(file => file.Item1)];
}
