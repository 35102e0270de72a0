using System.Text.Json;
using Flows.Contract;

namespace Flows.Hub.Storage;

/// <summary>The folder in which one server keeps everything. One process owns it at a time, by a lock the system releases when it dies.</summary>
public sealed class DataFolder : IDisposable
{
    private readonly FileStream _lock;

    private DataFolder(string path, FileStream held) => (Path, _lock) = (path, held);

    public string Path { get; }

    public string Work => Sub("work");

    public string Logs => Sub("logs");


    public string Deployments => Sub("deployments");

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Takes the folder.</summary>
    /// <exception cref="DataFolderOwned">Another process has it.</exception>
    public static DataFolder Own(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        Directory.CreateDirectory(full);
        try
        {
            var held = new FileStream(System.IO.Path.Combine(full, "owner.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new DataFolder(full, held);
        }
        catch (IOException)
        {
            throw new DataFolderOwned(full, OwnerOf(full)?.Url);
        }
    }

    /// <summary>Says where the owner answers, so that a second command becomes its client.</summary>
    public void Announce(string url) => System.IO.File.WriteAllText(
        File("owner.json"), JsonSerializer.Serialize(new DataFolderOwner(url, Environment.ProcessId), ContractJson.Options));

    /// <summary>Who says to own the folder; only to be believed while <see cref="Own"/> fails.</summary>
    public static DataFolderOwner? OwnerOf(string path)
    {
        var file = System.IO.Path.Combine(path, "owner.json");
        try { return System.IO.File.Exists(file) ? JsonSerializer.Deserialize<DataFolderOwner>(System.IO.File.ReadAllText(file), ContractJson.Options) : null; }
        catch (JsonException) { return null; }
    }

    public void Dispose()
    {
        System.IO.File.Delete(File("owner.json"));
        _lock.Dispose();
    }

    private string Sub(string name) => Directory.CreateDirectory(File(name)).FullName;
}

public sealed record DataFolderOwner(string Url, int Pid);

/// <summary>The data folder belongs to a running server.</summary>
public sealed class DataFolderOwned(string path, string? url)
    : Exception($"The data folder {path} belongs to a running server{(url is null ? "" : $" at {url}")}.")
{
    public string? Url { get; } = url;
}
