using System.Security.Cryptography;
using Flows.Contract.Artifacts;
using Flows.Hub.Artifacts.S3;

namespace Flows.Hub.Artifacts;

/// <summary>
/// Bytes by their SHA-256, in files <c>ab/&lt;sha256&gt;</c> under one folder. Nothing is ever changed in place: a file appears
/// whole (written beside, synced, renamed) or not at all, and is hashed again whenever it is read.
/// With a bucket, the bucket is the store and the folder holds copies of it: bytes are stored once the bucket has them.
/// </summary>
/// <param name="copies">Bytes that the folder may hold, when what is in it can be had from elsewhere again; null: the bucket says it, else nothing ever goes.</param>
public sealed class ArtifactStore(string folder, S3Bucket? bucket = null, TimeProvider? time = null, long? copies = null) : IArtifacts
{
    /// <summary>Told of every digest that is stored, before whoever stores it hears of it.</summary>
    public Func<string, Task>? Stored { get; init; }

    /// <summary>Whether whoever asks may read the bytes of a digest: knowing it is not enough. Null: everybody may.</summary>
    public Func<string, CancellationToken, Task<bool>>? MayRead { get; init; }

    private const int BufferSize = 128 * 1024;
    private const int MostReads = 3;
    private static readonly byte[] FolderStart = """{"files":[{"path":"""u8.ToArray();

    // Far less than what a collection leaves alone, and seldom enough to cost nothing.
    private static readonly TimeSpan Renewal = TimeSpan.FromMinutes(10);

    private readonly ArtifactCache? _cache = (copies ?? bucket?.CacheBytes) is { } most ? new(Path.GetFullPath(folder), most, time ?? TimeProvider.System) : null;

    public string Folder { get; } = Path.GetFullPath(folder);

    /// <summary>Whether the bytes lie in a bucket, and the folder has copies alone.</summary>
    public bool IsBucket => bucket is not null;

    /// <summary>Whether it is stored, and there for whoever asks.</summary>
    public async Task<bool> HasAsync(string sha256, CancellationToken cancellation = default) =>
        await MayReadAsync(sha256, cancellation) && (bucket is null ? IsThere(PathOf(sha256)) : PathOf(sha256).Length > 0 && await bucket.HasAsync(sha256, cancellation));

    internal async Task<bool> MayReadAsync(string sha256, CancellationToken cancellation) => MayRead is null || await MayRead(sha256, cancellation);

    // Whoever asks for a copy is about to open it.
    private bool IsThere(string path)
    {
        if (!File.Exists(path)) return false;
        _cache?.Touch(path);
        return true;
    }

    /// <summary>Where the bytes of a digest lie on this machine, there or not.</summary>
    /// <exception cref="ArtifactException">Not 64 lower-case hex digits.</exception>
    public string PathOf(string sha256) => ArtifactDigest.IsDigest(sha256)
        ? Path.Combine(Folder, sha256[..2], sha256)
        : throw new ArtifactException(ArtifactProblem.BadDigest, "A digest is 64 lower-case hexadecimal digits (SHA-256).");

    /// <summary>Stores a stream as it comes and says its digest and size. Bytes that are there already are not written twice.</summary>
    /// <param name="expected">The digest that the bytes must have; null when it is to be found out.</param>
    public async Task<(string Sha256, long Size)> PutAsync(Stream bytes, string? expected = null, CancellationToken cancellation = default)
    {
        var temporary = Incoming();
        try
        {
            var (sha256, size) = await WriteAsync(bytes, temporary, cancellation);
            if (expected is not null && sha256 != expected)
                throw new ArtifactException(ArtifactProblem.WrongDigest, $"The bytes have the digest {sha256}, not {expected} as the address says.");
            if (bucket is not null) await bucket.PutAsync(temporary, sha256, cancellation);
            Keep(temporary, sha256);
            if (Stored is not null) await Stored(sha256);
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
    /// <exception cref="ArtifactException">Missing, or of another project; or damaged: the stored bytes are no longer what they were.</exception>
    public async Task<string> VerifiedPathAsync(string sha256, CancellationToken cancellation = default)
    {
        var path = PathOf(sha256);
        if (!await MayReadAsync(sha256, cancellation)) throw Missing(sha256);
        var found = await DigestAsync(path, cancellation);
        if (found != sha256 && bucket is not null)
        {
            await ReadBucketAsync(bucket, sha256, keeps: true, cancellation);
            return path;
        }
        _cache?.Touch(path);
        if (found is null) throw Missing(sha256);
        if (found != sha256) throw Damaged(sha256, "bytes on disk", found);
        Renew(path);
        return path;
    }

    /// <summary>Hashes what the store itself has of a digest: with a bucket the bucket's bytes, however whole the copy on this machine is.</summary>
    /// <exception cref="ArtifactException">Missing, or of another project; or damaged.</exception>
    public async Task VerifyAsync(string sha256, CancellationToken cancellation = default)
    {
        if (bucket is null) await VerifiedPathAsync(sha256, cancellation);
        else if (!await MayReadAsync(sha256, cancellation)) throw Missing(sha256);
        else await ReadBucketAsync(bucket, sha256, keeps: false, cancellation);
    }

    /// <summary>Removes an artifact; one that is not there is removed already.</summary>
    public async Task DeleteAsync(string sha256, CancellationToken cancellation = default)
    {
        if (bucket is not null) await bucket.DeleteAsync(sha256, cancellation);
        if (Directory.Exists(Path.GetDirectoryName(PathOf(sha256)))) File.Delete(PathOf(sha256));
        if (Directory.Exists(Unpacked(sha256))) Directory.Delete(Unpacked(sha256), recursive: true);
    }

    /// <summary>Whether the bytes of a digest begin like a folder's manifest, here or in the bucket; not verified, and half of it may be damaged.</summary>
    internal async Task<bool> IsFolderAsync(string sha256, CancellationToken cancellation)
    {
        var head = new byte[FolderStart.Length];
        if (File.Exists(PathOf(sha256)))
        {
            await using var bytes = File.OpenRead(PathOf(sha256));
            await bytes.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellation);
        }
        return IsLikeFolder(head) || bucket is not null && IsLikeFolder(await bucket.BeginAsync(sha256, head.Length, cancellation));
    }

    private static bool IsLikeFolder(byte[] head) => FolderStart.Zip(head).Count(pair => pair.First == pair.Second) * 2 > FolderStart.Length;

    /// <summary>All that is left of a damaged artifact, here and in the bucket: for finding what it may have named, and nothing else.</summary>
    internal async Task<byte[]> RemainsAsync(string sha256, CancellationToken cancellation)
    {
        using var left = new MemoryStream();
        if (File.Exists(PathOf(sha256))) await left.WriteAsync(await File.ReadAllBytesAsync(PathOf(sha256), cancellation), cancellation);
        left.WriteByte((byte)'\n');
        if (bucket is not null) await bucket.ReadAsync(sha256, left, cancellation);
        return left.ToArray();
    }

    // Whoever stores or reads it may be about to name it: a collection leaves alone what is new.
    private void Renew(string path)
    {
        if (bucket is not null || copies is not null) return;
        try
        {
            if (File.GetLastWriteTimeUtc(path) < Now - Renewal) File.SetLastWriteTimeUtc(path, Now);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException) { /* somebody else's file, or removed at this moment: it is stored anew or missed by whoever opens it */ }
    }

    private DateTime Now => (time ?? TimeProvider.System).GetUtcNow().UtcDateTime;

    /// <summary>Everything that is stored, in no order.</summary>
    public IAsyncEnumerable<StoredArtifact> ListAsync(CancellationToken cancellation = default) => bucket?.ListAsync(cancellation) ?? OnDisk().ToAsyncEnumerable();

    /// <summary>Where a folder's files are unpacked to, there or not.</summary>
    internal string Unpacked(string sha256) => Path.Combine(Folder, "folders", sha256);

    // What came wrong over the line comes right the second time; what is wrong there stays wrong.
    private async Task ReadBucketAsync(S3Bucket bucket, string sha256, bool keeps, CancellationToken cancellation)
    {
        for (var read = 1; ; read++)
        {
            var temporary = Incoming();
            try
            {
                var found = await ReceiveAsync(bucket, sha256, temporary, mayBreak: read < MostReads, cancellation);
                if (found == sha256)
                {
                    if (keeps) Keep(temporary, sha256);
                    return;
                }
                if (found is null || read < MostReads) continue;
                bucket.MarkDamaged(sha256);
                throw Damaged(sha256, "bytes in the bucket", found);
            }
            finally
            {
                File.Delete(temporary);
            }
        }
    }

    /// <returns>The digest of what came; null when the line broke in the middle and that may be.</returns>
    private static async Task<string?> ReceiveAsync(S3Bucket bucket, string sha256, string temporary, bool mayBreak, CancellationToken cancellation)
    {
        await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferSize, useAsync: true))
        {
            try
            {
                if (!await bucket.ReadAsync(sha256, file, cancellation)) throw Missing(sha256);
            }
            catch (ArtifactException broken) when (mayBreak && broken.Problem == ArtifactProblem.Away && file.Length > 0)
            {
                return null;
            }
        }
        return await DigestAsync(temporary, cancellation);
    }

    private static ArtifactException Missing(string sha256) => new(ArtifactProblem.Missing, $"There is no artifact {sha256}.");

    private static ArtifactException Damaged(string sha256, string what, string found) => new(ArtifactProblem.Damaged,
        $"Artifact {sha256} is damaged: its {what} now have the digest {found}. Restore it from a copy or run the step that made it again.");

    private IEnumerable<StoredArtifact> OnDisk() => !Directory.Exists(Folder) ? [] : new DirectoryInfo(Folder).EnumerateDirectories("??")
        .SelectMany(part => part.EnumerateFiles())
        .Where(file => ArtifactDigest.IsDigest(file.Name))
        .Select(file => new StoredArtifact(file.Name, file.Length, file.LastWriteTimeUtc));

    private string Incoming() => Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, "incoming")).FullName, Guid.NewGuid().ToString("N"));

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

    private string Keep(string temporary, string sha256)
    {
        var path = PathOf(sha256);
        if (!IsWhole(path, sha256))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.SetAttributes(temporary, FileAttributes.ReadOnly);
            // Rename is atomic, and of two writers of the same bytes it does not matter who comes second. It also heals a damaged copy.
            File.Move(temporary, path, overwrite: true);
            DirectorySync.Flush(Path.GetDirectoryName(path)!);
            _cache?.Added(path);
        }
        else
        {
            _cache?.Touch(path);
            Renew(path);
        }
        return path;
    }

    private static bool IsWhole(string path, string sha256)
    {
        if (!File.Exists(path)) return false;
        using var bytes = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(bytes)) == sha256;
    }

    private static async Task<string?> DigestAsync(string path, CancellationToken cancellation)
    {
        try
        {
            await using var bytes = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferSize, useAsync: true);
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(bytes, cancellation));
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
