using System.Diagnostics;
using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Models;

namespace Flows.Hub.Deployments;

/// <summary>One model server process: started by this hub, or found again after another hub process started it.</summary>
internal sealed class ServerProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly Process _process;
    private readonly RevisionFolder _folder;
    private readonly string _instance;
    private readonly Queue<string> _words = new();
    private int _inFlight;

    private ServerProcess(Process process, RevisionFolder folder, string instance) => (_process, _folder, _instance) = (process, folder, instance);

    public int Id => _process.Id;

    /// <summary>Where it answers; null until it does.</summary>
    public Uri? Address { get; private set; }

    public static ServerProcess Start(RevisionFolder folder, ModelVersion version, string modelPath)
    {
        Directory.CreateDirectory(folder.Path);
        File.Delete(folder.Ready);
        File.WriteAllText(folder.Facts, (version.Model.Facts ?? []).ToJsonString());
        var instance = Guid.NewGuid().ToString("N");
        var server = new ServerProcess(Process.Start(Command(folder, version, modelPath, instance))!, folder, instance);
        folder.WriteNote(new ProcessNote(server.Id, Processes.StartTicks(server.Id) ?? 0, instance));
        server.Listen();
        return server;
    }

    /// <summary>The process that a revision's note is about, if it still runs.</summary>
    public static ServerProcess? Find(RevisionFolder folder) =>
        folder.ReadNote() is { } note && Processes.Find(note) is { } process ? new ServerProcess(process, folder, note.Instance) : null;

    /// <summary>Waits until the server answers.</summary>
    /// <exception cref="ActivityFault">It ended, or did not answer in time; with its last words.</exception>
    public async Task ReadyAsync(HttpClient http, TimeSpan patience, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(patience);
        try
        {
            while (!File.Exists(_folder.Ready))
            {
                if (_process.HasExited) throw new ActivityFault($"The model server of \"{_folder.Name}\" did not start: {LastWords()}");
                await Task.Delay(25, limit.Token);
            }
            var address = new Uri(await File.ReadAllTextAsync(_folder.Ready, limit.Token));
            var about = JsonNode.Parse(await http.GetStringAsync(new Uri(address, "v2"), limit.Token));
            if (about?["instance"]?.GetValue<string>() != _instance) throw new ActivityFault($"Another program answers at {address}.");
            Address = address;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ActivityFault($"The model server of \"{_folder.Name}\" did not answer within {patience.TotalSeconds} s: {LastWords()}");
        }
        catch (HttpRequestException failure)
        {
            throw new ActivityFault($"The model server of \"{_folder.Name}\" does not answer: {failure.Message}", failure);
        }
    }

    public Task ExitedAsync(CancellationToken cancellation) => _process.WaitForExitAsync(cancellation);

    public bool HasExited => _process.HasExited;

    /// <summary>A request is on its way to this server: it is not stopped before the request is answered.</summary>
    public void Enter() => Interlocked.Increment(ref _inFlight);

    public void Leave() => Interlocked.Decrement(ref _inFlight);

    /// <summary>Lets requests under way finish, for at most 10 seconds, and stops the server.</summary>
    public async Task DrainAsync(TimeProvider time)
    {
        var since = time.GetTimestamp();
        while (Volatile.Read(ref _inFlight) > 0 && time.GetElapsedTime(since) < TimeSpan.FromSeconds(10)) await Task.Delay(TimeSpan.FromMilliseconds(20), time);
        await StopAsync();
    }

    public Task StopAsync() => Processes.StopAsync(_process, Patience);

    public string LastWords()
    {
        lock (_words)
        {
            var words = _words.Count > 0 ? string.Join('\n', _words) : _folder.LastWords();
            return words.Length > 0 ? words : "it said nothing.";
        }
    }

    private static ProcessStartInfo Command(RevisionFolder folder, ModelVersion version, string modelPath, string instance)
    {
        var start = new ProcessStartInfo(ModelServerProgram.Dotnet) { WorkingDirectory = folder.Path, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[
            ModelServerProgram.Path, "--model", modelPath, "--facts", folder.Facts, "--name", version.Name, "--version", $"{version.Version}", "--alias", folder.Name,
            "--urls", "http://127.0.0.1:0", "--log", folder.Log, "--ready", folder.Ready, "--instance", instance])
            start.ArgumentList.Add(argument);
        // The hub's own addresses are not its children's.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("ASPNETCORE_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        return start;
    }

    private void Listen()
    {
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (_words)
        {
            _words.Enqueue(line);
            if (_words.Count > 12) _words.Dequeue();
        }
    }
}
