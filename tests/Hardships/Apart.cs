using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Flows.Tests.Hardships;

/// <summary>
/// A network of its own for a process, with one wire to this machine that can be pulled: connections then hang, nobody is told.
/// Only root can have one; others skip the test.
/// </summary>
internal sealed class Apart : IDisposable
{
    private readonly string _name = "flows" + Guid.NewGuid().ToString("N")[..7];
    private readonly string _net = $"10.{Random(200, 250)}.{Random(1, 250)}";
    private readonly CancellationTokenSource _closed = new();
    private readonly List<TcpListener> _listeners = [];

    public Apart()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && OperatingSystem.IsLinux() && File.Exists("/usr/sbin/ip"), "only root can give a process a network of its own, with Debian's iproute2");
        var refused = Ip($"netns add {_name}");
        Assert.SkipWhen(refused.Length > 0, $"no network of its own can be made here: {refused}");
        Demand($"link add {_name}h type veth peer name {_name}n netns {_name}");
        Demand($"addr add {_net}.1/24 dev {_name}h");
        Demand($"link set {_name}h up");
        Demand($"-n {_name} addr add {_net}.2/24 dev {_name}n");
        Demand($"-n {_name} link set {_name}n up");
        Demand($"-n {_name} link set lo up");
    }

    /// <summary>What a program is called with to be in it.</summary>
    public IReadOnlyList<string> Prefix => ["ip", "netns", "exec", _name];

    /// <summary>A host and port, as the process sees it, of what listens on a port of this machine's loopback address.</summary>
    public (string Host, int Port) To(int port)
    {
        var listener = new TcpListener(IPAddress.Parse(_net + ".1"), 0);
        listener.Start();
        _listeners.Add(listener);
        _ = AcceptAsync(listener, port);
        return (_net + ".1", ((IPEndPoint)listener.LocalEndpoint).Port);
    }

    public void Pull() => Demand($"link set {_name}h down");

    public void Plug() => Demand($"link set {_name}h up");

    public void Dispose()
    {
        _closed.Cancel();
        _listeners.ForEach(listener => listener.Stop());
        Ip($"link del {_name}h");
        Ip($"netns del {_name}");
        _closed.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener, int port)
    {
        try
        {
            while (true) _ = PassOnAsync(await listener.AcceptTcpClientAsync(_closed.Token), port);
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException) { }
    }

    private async Task PassOnAsync(TcpClient near, int port)
    {
        using (near)
        using (var far = new TcpClient())
        {
            try
            {
                await far.ConnectAsync(IPAddress.Loopback, port, _closed.Token);
                await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream(), _closed.Token), far.GetStream().CopyToAsync(near.GetStream(), _closed.Token));
            }
            catch (Exception over) when (over is OperationCanceledException or SocketException or IOException) { }
        }
    }

    private static void Demand(string arguments) => Assert.Equal("", Ip(arguments));

    private static string Ip(string arguments)
    {
        using var ip = Process.Start(new ProcessStartInfo("/usr/sbin/ip", arguments) { RedirectStandardError = true })!;
        var said = ip.StandardError.ReadToEnd();
        ip.WaitForExit();
        return ip.ExitCode == 0 ? "" : $"ip {arguments}: {said}";
    }

    private static int Random(int from, int to) => System.Security.Cryptography.RandomNumberGenerator.GetInt32(from, to);
}
