using System.Text.Json;
using Flows.Contract;

namespace Flows.Hub.Deployments;

/// <summary>Files of one revision's model server: <c>deployments/&lt;name&gt;/&lt;revision&gt;/</c>.</summary>
internal sealed record RevisionFolder(string Root, string Name, int Revision)
{
    public string Path => System.IO.Path.Combine(Root, Name, $"{Revision}");

    public string Facts => System.IO.Path.Combine(Path, "facts.json");

    public string Ready => System.IO.Path.Combine(Path, "ready");

    public string Log => System.IO.Path.Combine(Path, "server.log");

    private string Note => System.IO.Path.Combine(Path, "process.json");

    /// <summary>Revisions that have a folder.</summary>
    public static IEnumerable<RevisionFolder> All(string root, string name)
    {
        var folder = System.IO.Path.Combine(root, name);
        if (!Directory.Exists(folder)) return [];
        return Directory.EnumerateDirectories(folder)
            .Select(path => int.TryParse(System.IO.Path.GetFileName(path), out var revision) ? revision : 0)
            .Where(revision => revision > 0)
            .Select(revision => new RevisionFolder(root, name, revision))
            .ToList();
    }

    /// <summary>Names under the root that have folders, deployed or not.</summary>
    public static IEnumerable<string> Names(string root) =>
        Directory.Exists(root) ? Directory.EnumerateDirectories(root).Select(path => System.IO.Path.GetFileName(path)!).ToList() : [];

    public void WriteNote(ProcessNote note)
    {
        var json = JsonSerializer.Serialize(note, ContractJson.Options);
        File.WriteAllText(Note + ".part", json);
        File.Move(Note + ".part", Note, overwrite: true);
    }

    public ProcessNote? ReadNote()
    {
        try
        {
            return File.Exists(Note) ? JsonSerializer.Deserialize<ProcessNote>(File.ReadAllText(Note), ContractJson.Options) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The log's last lines.</summary>
    public string LastWords(int lines = 12)
    {
        if (!File.Exists(Log)) return "";
        using var file = new FileStream(Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Seek(-Math.Min(file.Length, 16 * 1024), SeekOrigin.End);
        using var reader = new StreamReader(file);
        return string.Join('\n', reader.ReadToEnd().TrimEnd().Split('\n').TakeLast(lines)).Trim();
    }

    public void Delete()
    {
        if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
    }
}

/// <summary>What finds a model server again after the hub's own process is gone.</summary>
/// <param name="StartTicks">The process's start as the kernel counts it: a process id alone may have been given to another program since.</param>
/// <param name="Instance">What <c>GET /v2</c> of that very server gives back.</param>
internal sealed record ProcessNote(int ProcessId, long StartTicks, string Instance);
