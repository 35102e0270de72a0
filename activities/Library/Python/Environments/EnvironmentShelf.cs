using System.Text.Json;
using System.Text.RegularExpressions;
using Flows.Contract;
using Flows.Contract.Activities;

namespace Flows.Library.Python.Environments;

/// <summary>
/// The folders that environments lie in. <c>environment.json</c> is written last: without it an environment is not there.
/// Each has a lock file, held shared by those who use it and alone by whoever makes or removes it, so that several programs share the folder.
/// </summary>
internal sealed partial class EnvironmentShelf(string folder, TimeProvider time)
{
    /// <summary>Time without use after which an environment is removed.</summary>
    public static readonly TimeSpan Unused = TimeSpan.FromDays(30);

    /// <summary>Environments, those used last, that stay however long nobody uses them.</summary>
    public const int Kept = 5;

    /// <summary>Time after which half an environment is taken for abandoned, unless somebody has its lock.</summary>
    public static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    public string FolderOf(string digest) => Path.Combine(folder, digest);

    public string LockOf(string digest) => Path.Combine(folder, digest + ".lock");

    public bool IsWhole(string digest) => File.Exists(Note(digest));

    /// <summary>Null when it is not there, or is being made or removed.</summary>
    public EnvironmentLease? Hold(string digest)
    {
        if (!IsWhole(digest) || Open(LockOf(digest), FileShare.Read) is not { } hold) return null;
        if (!IsWhole(digest))
        {
            hold.Dispose();
            return null;
        }
        File.SetLastWriteTimeUtc(Note(digest), time.GetUtcNow().UtcDateTime);
        return new EnvironmentLease(JsonSerializer.Deserialize<PythonEnvironment>(File.ReadAllBytes(Note(digest)), ContractJson.Options)!, hold);
    }

    public void Finish(string digest, PythonEnvironment made)
    {
        WriteWhole(Note(digest), JsonSerializer.SerializeToUtf8Bytes(made, ContractJson.Options));
        File.SetLastWriteTimeUtc(Note(digest), time.GetUtcNow().UtcDateTime);
    }

    public IReadOnlyList<string> Sweep(TimeSpan unused, int kept)
    {
        if (!Directory.Exists(folder)) return [];
        var old = Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path)).Where(name => Digest().IsMatch(name) && IsWhole(name))
            .Select(digest => (Digest: digest, Used: File.GetLastWriteTimeUtc(Note(digest))))
            .OrderByDescending(one => one.Used).Skip(kept).Where(one => one.Used < time.GetUtcNow().UtcDateTime - unused);
        RemoveHalves();
        return [.. old.Select(one => one.Digest).Where(RemoveUnused)];
    }

    // What a maker that was killed left: nobody finishes it unless the same is asked for again.
    private void RemoveHalves()
    {
        foreach (var half in Halves(folder).Where(path => Digest().IsMatch(Path.GetFileName(path)) && !IsWhole(Path.GetFileName(path))))
        {
            using var alone = Open(half + ".lock", FileShare.None);
            if (alone is not null) Remove(half);
        }
        foreach (var half in Halves(Path.Combine(folder, "resolved"))) Remove(half, half + ".txt", half + ".report");
    }

    private IReadOnlyList<string> Halves(string parent) => !Directory.Exists(parent) ? []
        : [.. Directory.EnumerateDirectories(parent).Where(path => Directory.GetLastWriteTimeUtc(path) < time.GetUtcNow().UtcDateTime - Abandoned)];

    /// <summary>Waits until nobody else has the file.</summary>
    public static async Task<FileStream> TurnAsync(string path, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var tick = new PeriodicTimer(Poll);
        while (true)
        {
            if (Open(path, FileShare.None) is { } turn) return turn;
            await tick.WaitForNextTickAsync(cancellation);
        }
    }

    public static void WriteWhole(string path, byte[] bytes)
    {
        var part = path + ".part";
        using (var file = new FileStream(part, FileMode.Create, FileAccess.Write))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }
        File.Move(part, path, overwrite: true);
    }

    public static void Remove(params ReadOnlySpan<string> paths)
    {
        foreach (var path in paths)
        {
            if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
            else if (File.Exists(path)) File.Delete(path);
        }
    }

    // The note goes first: a removal that breaks off leaves something that is not there.
    private bool RemoveUnused(string digest)
    {
        using var alone = Open(LockOf(digest), FileShare.None);
        if (alone is null) return false;
        Remove(Note(digest), FolderOf(digest));
        return true;
    }

    // The system's own lock (flock): it ends with its holder, however that ends.
    private static FileStream? Open(string path, FileShare share)
    {
        try { return new FileStream(path, FileMode.OpenOrCreate, share == FileShare.None ? FileAccess.ReadWrite : FileAccess.Read, share); }
        catch (IOException) { return null; }
    }

    private string Note(string digest) => Path.Combine(FolderOf(digest), "environment.json");

    [GeneratedRegex(@"\A[0-9a-f]{64}\z")]
    private static partial Regex Digest();
}
