using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Flows.Tests.Support;

/// <summary>
/// A real PostgreSQL on a free port of 127.0.0.1, in a folder that goes with it. Flushes are on (<c>fsync</c>), so that
/// a killed server shows what was durable.
/// </summary>
public sealed class PostgresProcess : IAsyncDisposable
{
    private readonly SemaphoreSlim _making = new(1);
    private readonly string _folder = Directory.CreateTempSubdirectory("flows-postgres-").FullName;
    private readonly int _port = FreePort.Find();
    private bool _isMade;

    private string Data => Path.Combine(_folder, "data");

    private string Log => Path.Combine(_folder, "log");

    private string PidFile => Path.Combine(Data, "postmaster.pid");

    /// <summary>The folder of PostgreSQL's programs; null when there is none on this machine.</summary>
    public static string? Programs() => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin")).LastOrDefault(bin => File.Exists(Path.Combine(bin, "initdb")))
        : File.Exists("/usr/local/bin/initdb") ? "/usr/local/bin" : null;

    /// <summary>The connection string of a new, empty database; the server is made for the first one.</summary>
    public async Task<string> NewDatabaseAsync()
    {
        await MakeAsync();
        var name = "flows_" + Guid.NewGuid().ToString("N");
        await using var connection = new NpgsqlConnection(To("postgres"));
        await connection.OpenAsync();
        await using var create = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await create.ExecuteNonQueryAsync();
        return To(name);
    }

    /// <summary>SIGKILL to the server and all its processes, as a power cut of its machine: nothing is flushed, no client is told.</summary>
    public async Task KillAsync()
    {
        var postmaster = int.Parse((await File.ReadAllLinesAsync(PidFile))[0], CultureInfo.InvariantCulture);
        // One that stands still starts no more processes while they are counted.
        using (var stop = Process.Start("kill", ["-STOP", $"{postmaster}"])!) await stop.WaitForExitAsync();
        int[] all = [postmaster, .. Children(postmaster)];
        foreach (var process in all) Kill(process);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (all.Any(IsAlive)) await tick.WaitForNextTickAsync();
        // A zombie that nobody has waited for yet would look like a running server.
        File.Delete(PidFile);
    }

    /// <summary>Starts it again; it recovers what was committed.</summary>
    public Task StartAsync() => CallAsync("pg_ctl", "start", "-w", "-s", "-D", Data, "-l", Log, "-o",
        $"-p {_port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=500 -c shared_buffers=64MB");

    /// <summary><c>pg_ctl restart -m immediate</c>: every connection breaks at once, what was not committed is gone; ends when it answers again.</summary>
    public Task RestartAsync() => CallAsync("pg_ctl", "restart", "-m", "immediate", "-w", "-s", "-D", Data, "-l", Log);

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(PidFile)) await RunAsync(As("pg_ctl", "stop", "-s", "-m", "immediate", "-D", Data));
        Directory.Delete(_folder, recursive: true);
        _making.Dispose();
    }

    private string To(string database) => $"Host=127.0.0.1;Port={_port};Database={database};Username=postgres;Timeout=5";

    private async Task MakeAsync()
    {
        await _making.WaitAsync();
        try
        {
            if (_isMade) return;
            if (Environment.IsPrivilegedProcess) await RunAsync(["chown", "postgres", _folder]);
            await CallAsync("initdb", "-D", Data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync");
            await StartAsync();
            _isMade = true;
        }
        finally { _making.Release(); }
    }

    private async Task CallAsync(string program, params string[] arguments)
    {
        var said = Path.Combine(_folder, "said");
        var exit = await RunAsync(As(program, arguments), said);
        if (exit == 0) return;
        var log = File.Exists(Log) ? string.Join('\n', File.ReadLines(Log).TakeLast(5)) : "";
        throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {exit}: {await File.ReadAllTextAsync(said)} {log}");
    }

    // PostgreSQL refuses to be started by root.
    private static string[] As(string program, params string[] arguments)
    {
        var path = Path.Combine(Programs()!, program);
        return Environment.IsPrivilegedProcess ? ["runuser", "-u", "postgres", "--", path, .. arguments] : [path, .. arguments];
    }

    // Its output goes to a file: the server inherits it and would keep a pipe open.
    private static async Task<int> RunAsync(string[] command, string output = "/dev/null")
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "out=$1; shift; exec \"$@\" >\"$out\" 2>&1 </dev/null", "sh", output, .. command]) { WorkingDirectory = "/" })!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    private static IEnumerable<int> Children(int parent) => Process.GetProcesses().Select(process => process.Id).Where(id => Stat(id) is { } stat && stat.Parent == parent);

    // A zombie has ended: only its entry is left.
    private static bool IsAlive(int id) => Stat(id) is { State: not "Z" };

    private static (string State, int Parent)? Stat(int id)
    {
        try
        {
            var fields = File.ReadAllText($"/proc/{id}/stat").Split(") ")[^1].Split(' ');
            return (fields[0], int.Parse(fields[1], CultureInfo.InvariantCulture));
        }
        catch (IOException) { return null; }
        catch (UnauthorizedAccessException) { return null; }
    }

    private static void Kill(int id)
    {
        try { Process.GetProcessById(id).Kill(); }
        catch (ArgumentException) { /* it is gone already */ }
    }
}
