using System.Text.Json;
using Flows.Contract;

namespace Flows.Hub.Sync;

/// <summary>
/// What was sent to one server, in <c>sync.json</c> of a data folder: it tells a flow that changed here from one that changed there, and spares
/// asking for runs that are there. Without it everything is asked for once more; nothing is doubled.
/// </summary>
public sealed class SyncNotes
{
    private readonly string _file, _server;
    private readonly Dictionary<string, Notes> _all;

    public SyncNotes(string folder, string server, string? project)
    {
        (_file, _server) = (Path.Combine(folder, "sync.json"), $"{server.TrimEnd('/')} {project}".Trim());
        _all = File.Exists(_file) ? JsonSerializer.Deserialize<Dictionary<string, Notes>>(File.ReadAllBytes(_file), ContractJson.Options) ?? [] : [];
    }

    public SentFlow? Of(string definitionId) => Mine.Flows.GetValueOrDefault(definitionId);

    public void Keep(string definitionId, SentFlow sent) => Mine.Flows[definitionId] = sent;

    public bool HasRun(string id) => Mine.Runs.Contains(id);

    public void KeepRun(string id) => Mine.Runs.Add(id);

    public void Save()
    {
        var beside = _file + ".part";
        File.WriteAllBytes(beside, JsonSerializer.SerializeToUtf8Bytes(_all, ContractJson.Options));
        File.Move(beside, _file, overwrite: true);
    }

    private Notes Mine => _all.TryGetValue(_server, out var notes) ? notes : _all[_server] = new Notes([], []);

    private sealed record Notes(Dictionary<string, SentFlow> Flows, HashSet<string> Runs);
}

/// <param name="Here">Digest of the laptop's flow when it was sent.</param>
/// <param name="There">Digest of the hub's, after that.</param>
public sealed record SentFlow(string Here, string There);
