using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Flows.Library.Python;

/// <summary>The fork server could not start or is gone, and nothing of the step was done.</summary>
internal sealed class ForkServerGone(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>It was killed while it started, which says nothing about its environment.</summary>
    public bool WasKilled { get; init; }
}

/// <summary>
/// The warm parent of one environment: <c>flows.worker</c>, a process that has imported what the environment's scripts import.
/// It ends when this program does, since its standard input closes then, and when nobody asks for a while.
/// </summary>
internal sealed class ForkServer : IAsyncDisposable
{
    // Exit codes above it are signals.
    private const int SignalBase = 128;

    private readonly Process _parent;
    private readonly string _folder;

    private ForkServer(Process parent, string folder) => (_parent, _folder) = (parent, folder);

    /// <summary>Time that the parent may take to import what it learned.</summary>
    public static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    public bool HasEnded => _parent.HasExited;

    /// <param name="memory">Folder in which the environment's learned imports are kept, below a name of the interpreter's own.</param>
    /// <exception cref="ForkServerGone">It did not start; the message says why.</exception>
    public static async Task<ForkServer> StartAsync(string interpreter, string memory, CancellationToken cancellation)
    {
        // Not below the data folder: the address of a socket has at most 107 bytes. Only this user may enter the folder.
        var folder = Directory.CreateTempSubdirectory("flows-fork-").FullName;
        var kept = Directory.CreateDirectory(Path.Combine(memory, EnvironmentName(interpreter))).FullName;
        var parent = Process.Start(StartInfo(interpreter, folder, Path.Combine(kept, "imports.json"))) ?? throw new ForkServerGone("setsid could not be started.");
        var server = new ForkServer(parent, folder);
        try
        {
            await server.UntilReadyAsync(cancellation);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <exception cref="ForkServerGone">Nobody listens any more.</exception>
    public async Task<Socket> ConnectAsync(CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(_folder, "socket")), cancellation);
            return socket;
        }
        catch (SocketException refused)
        {
            socket.Dispose();
            throw new ForkServerGone("The fork server does not answer.", refused);
        }
    }

    public async ValueTask DisposeAsync()
    {
        using (_parent)
        {
            if (!_parent.HasExited) await EndAsync();
        }
        try { Directory.Delete(_folder, recursive: true); }
        catch (IOException) { }
    }

    // It holds nothing that could be lost: no step runs in it.
    private async Task EndAsync()
    {
        _parent.Kill();
        await _parent.WaitForExitAsync();
    }

    private async Task UntilReadyAsync(CancellationToken cancellation)
    {
        var words = new StringBuilder();
        _parent.ErrorDataReceived += (_, line) => { if (words.Length < 4096) words.AppendLine(line.Data); };
        _parent.BeginErrorReadLine();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(StartLimit);
        try
        {
            if (await _parent.StandardOutput.ReadLineAsync(limit.Token) == "ready") return;
            await _parent.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ForkServerGone($"it was not ready after {StartLimit.TotalSeconds:0} s");
        }
        throw new ForkServerGone($"it ended with exit code {_parent.ExitCode}: {words.ToString().Trim()}") { WasKilled = _parent.ExitCode > SignalBase };
    }

    private static ProcessStartInfo StartInfo(string interpreter, string folder, string imports)
    {
        var start = new ProcessStartInfo("setsid", [interpreter, "-B", "-u", "-m", "flows.worker", Path.Combine(folder, "socket"), imports])
        {
            WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in StepVariables.Machine()) start.Environment[name] = value;
        // Numeric libraries start their threads when they are imported, and a process with threads must not fork.
        foreach (var name in (string[])["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"]) start.Environment[name] = "1";
        return start;
    }

    private static string EnvironmentName(string interpreter) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(interpreter)))[..16];
}
