using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Artifacts;

namespace Flows.Hub.Artifacts;

/// <param name="Path">Relative, with forward slashes.</param>
public sealed record ManifestEntry(string Path, string Sha256, long Size);

/// <summary>
/// A folder is an artifact of its own: a manifest of its files, sorted by path, each file an artifact again.
/// The same files give the same digest, whatever order the disk lists them in. Links are refused: they point out of the folder.
/// </summary>
public sealed record ArtifactFolder(IReadOnlyList<ManifestEntry> Files)
{
    public const string MediaType = "application/vnd.flows.folder+json";

    internal static async Task<Artifact> PutAsync(ArtifactStore store, string folder, string kind, string name, CancellationToken cancellation)
    {
        var entries = new List<ManifestEntry>();
        foreach (var path in FilesOf(folder))
        {
            var file = await store.PutFileAsync(path, "File", cancellation: cancellation);
            entries.Add(new ManifestEntry(Path.GetRelativePath(folder, path).Replace('\\', '/'), file.Sha256, file.Size));
        }
        entries.Sort((one, other) => string.CompareOrdinal(one.Path, other.Path));

        using var manifest = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(new ArtifactFolder(entries), ContractJson.Options));
        var (sha256, _) = await store.PutAsync(manifest, cancellation: cancellation);
        return new Artifact(sha256, kind, name, entries.Sum(entry => entry.Size)) { MediaType = MediaType };
    }

    /// <summary>Reads a manifest; null when the bytes are none.</summary>
    public static async Task<ArtifactFolder?> ReadAsync(string path, CancellationToken cancellation)
    {
        try
        {
            await using var bytes = File.OpenRead(path);
            if (bytes.ReadByte() != '{') return null;
            bytes.Position = 0;
            var folder = await JsonSerializer.DeserializeAsync<ArtifactFolder>(bytes, ContractJson.Options, cancellation);
            return folder?.Files is null ? null : folder;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public ManifestEntry? Find(string path) => Files.FirstOrDefault(entry => entry.Path == path);

    /// <summary>The folder on disk, below the store; made anew whenever it is asked for and not as it should be.</summary>
    internal static async Task<string> UnpackAsync(ArtifactStore store, string sha256, string manifest, CancellationToken cancellation)
    {
        var folder = await ReadAsync(manifest, cancellation)
            ?? throw new ArtifactException(ArtifactProblem.Damaged, $"Artifact {sha256} is not a folder's manifest.");
        // A manifest may name anything: each of its files has to be there for whoever asks.
        foreach (var entry in folder.Files)
        {
            if (!await store.MayReadAsync(entry.Sha256, cancellation)) throw new ArtifactException(ArtifactProblem.Missing, $"There is no artifact {entry.Sha256}, which the folder {sha256} names as '{entry.Path}'.");
        }
        var target = store.Unpacked(sha256);
        if (Directory.Exists(target) && await folder.IsWholeAsync(target, cancellation)) return target;

        var unpacked = Path.Combine(store.Folder, "incoming", Guid.NewGuid().ToString("N"));
        foreach (var entry in folder.Files)
        {
            var path = Inside(unpacked, entry.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Copy(await store.VerifiedPathAsync(entry.Sha256, cancellation), path);
        }
        Directory.CreateDirectory(unpacked);
        Swap(unpacked, target);
        return target;
    }

    /// <summary>A path below a folder.</summary>
    /// <exception cref="ArtifactException">It climbs out.</exception>
    internal static string Inside(string folder, string relative)
    {
        var path = Path.GetFullPath(Path.Combine(folder, relative));
        return relative.Length > 0 && path.StartsWith(Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path
            : throw new ArtifactException(ArtifactProblem.BadPath, $"The path '{relative}' leads out of the folder.");
    }

    private async Task<bool> IsWholeAsync(string target, CancellationToken cancellation)
    {
        foreach (var entry in Files)
        {
            var path = Inside(target, entry.Path);
            if (!File.Exists(path) || new FileInfo(path).Length != entry.Size) return false;
            await using var bytes = File.OpenRead(path);
            if (Convert.ToHexStringLower(await System.Security.Cryptography.SHA256.HashDataAsync(bytes, cancellation)) != entry.Sha256) return false;
        }
        return true;
    }

    private static void Swap(string unpacked, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        try
        {
            if (Directory.Exists(target)) Directory.Delete(target, recursive: true);
            Directory.Move(unpacked, target);
        }
        catch (IOException) when (Directory.Exists(target))
        {
            // Another reader unpacked the same folder first: its copy is as good.
            Directory.Delete(unpacked, recursive: true);
        }
    }

    private static IEnumerable<string> FilesOf(string folder)
    {
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            if (entry.LinkTarget is not null)
                throw new ArtifactException(ArtifactProblem.BadPath, $"'{entry.Name}' is a link. Links are not stored: copy the file they point to.");
            if (entry is DirectoryInfo) foreach (var file in FilesOf(entry.FullName)) yield return file;
            else yield return entry.FullName;
        }
    }
}
