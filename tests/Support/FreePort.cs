using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Flows.Tests.Support;

/// <summary>Ports of 127.0.0.1 for servers that are started again on the same one.</summary>
public static class FreePort
{
    // Below those that the system gives to outgoing connections: none takes it while its server is down.
    private const int From = 12_000;
    private const int To = 32_000;

    public static int Find()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(From, To);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException) { /* somebody has it */ }
        }
    }
}
