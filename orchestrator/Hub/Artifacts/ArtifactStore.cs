using System.Security.Cryptography;
using Flows.Contract.Artifacts;

namespace Flows.Hub.Artifacts;

/// <summary>
/// Bytes by their SHA-256, in files <c>ab/&lt;sha256&gt;</c> under one folder. Nothing is ever changed in place: a file appears
/// whole (written beside, synced, renamed) or not at all, and is hashed again whenever it is read.
/// </summary>
public sealed class ArtifactStore(string folder) : IArtifacts
{
    private const int BufferSize = 128 * 1024;

    public string Folder { get; } = Path.GetFullPath(folder);

    public bool Has(string sha256) => File.Exists(PathOf(sha256));

    /// <summary>Where the bytes of a digest lie, there or not.</summary>
    /// <exception cref="ArtifactException">Not 64 lower-case hex digits.</exception>
    public string PathOf(string sha256) => ArtifactDigest.IsDigest(sha256)
        ? Path.Combine(Folder, sha256[..2], sha256)
        : throw new ArtifactException(ArtifactProblem.BadDigest, "A digest is 64 lower-case hexadecimal digits (SHA-256).");

    /// <summary>Stores a stream as it comes and says its digest and size. Bytes that are there already are not written twice.</summary>
    /// <param name="expected">The digest that the bytes must have; null when it is to be found out.</param>
    public async Task<(string Sha256, long Size)> PutAsync(Stream bytes, string? expected = null, CancellationToken cancellation = default)
    {
        var incoming = Directory.CreateDirectory(Path.Combine(Folder, "incoming")).FullName;
        var temporary = Path.Combine(incoming, Guid.NewGuid().ToString("N"));
        try
        {
            var (sha256, size) = await WriteAsync(bytes, temporary, cancellation);
            if (expected is not null && sha256 != expected)
                throw new ArtifactException(ArtifactProblem.WrongDigest, $"The bytes have the digest {sha256}, not {expected} as the address says.");
            Keep(temporary, PathOf(sha256), sha256);
            return (sha256, size);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    public async Task<Artifact> PutFileAsync(string path, string kind, string? name = null, CancellationToken cancellation = default)
    {
        name ??= Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
        if (Directory.Exists(path)) return await ArtifactFolder.PutAsync(this, path, kind, name, cancellation);

        await using var bytes = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferSize, useAsync: true);
        var (sha256, size) = await PutAsync(bytes, cancellation: cancellation);
        return new Artifact(sha256, kind, name, size) { MediaType = MediaTypes.Of(name) };
    }

    public async Task<string> FetchAsync(Artifact artifact, CancellationToken cancellation = default)
    {
        var path = await VerifiedPathAsync(artifact.Sha256, cancellation);
        return artifact.MediaType == ArtifactFolder.MediaType
            ? await ArtifactFolder.UnpackAsync(this, artifact.Sha256, path, cancellation)
            : path;
    }

    /// <summary>The path of a digest's bytes after hashing them.</summary>
    /// <exception cref="ArtifactException">Missing, or damaged: the bytes on disk are no longer what they were.</exception>
    public async Task<string> VerifiedPathAsync(string sha256, CancellationToken cancellation = default)
    {
        var path = PathOf(sha256);
        if (!File.Exists(path)) throw new ArtifactException(ArtifactProblem.Missing, $"There is no artifact {sha256}.");

        await using var bytes = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferSize, useAsync: true);
        var found = Convert.ToHexStringLower(await SHA256.HashDataAsync(bytes, cancellation));
        return found == sha256 ? path : throw new ArtifactException(ArtifactProblem.Damaged,
            $"Artifact {sha256} is damaged: its bytes on disk now have the digest {found}. Restore it from a copy or run the step that made it again.");
    }

    private static async Task<(string Sha256, long Size)> WriteAsync(Stream bytes, string path, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferSize, useAsync: true);
        var buffer = new byte[BufferSize];
        for (int read; (read = await bytes.ReadAsync(buffer, cancellation)) > 0;)
        {
            hash.AppendData(buffer, 0, read);
            await file.WriteAsync(buffer.AsMemory(0, read), cancellation);
        }
        file.Flush(flushToDisk: true);
        return (Convert.ToHexStringLower(hash.GetHashAndReset()), file.Length);
    }

    private static void Keep(string temporary, string path, string sha256)
    {
        if (IsWhole(path, sha256)) return;

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.SetAttributes(temporary, FileAttributes.ReadOnly);
        // Rename is atomic, and of two writers of the same bytes it does not matter who comes second. It also heals a damaged copy.
        File.Move(temporary, path, overwrite: true);
        DirectorySync.Flush(Path.GetDirectoryName(path)!);
    }

    private static bool IsWhole(string path, string sha256)
    {
        if (!File.Exists(path)) return false;
        using var bytes = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(bytes)) == sha256;
    }
}
