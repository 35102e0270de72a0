namespace Flows.Hub.Artifacts;

/// <summary>
/// Holds a folder of copies under a size: those that nobody asked for longest go first. What was asked for in the last
/// <see cref="Grace"/> stays, even past the size: somebody is about to open it.
/// </summary>
public sealed class ArtifactCache(string folder, long most, TimeProvider time)
{
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    private readonly Lock _turn = new();
    private long _bytes = -1;

    public void Touch(string path)
    {
        try { File.SetLastAccessTimeUtc(path, time.GetUtcNow().UtcDateTime); }
        catch (IOException) { }
    }

    /// <summary>To be called when a copy was added.</summary>
    public void Added(string path)
    {
        Touch(path);
        lock (_turn)
        {
            _bytes = _bytes < 0 ? Copies().Sum(Size) : _bytes + new FileInfo(path).Length;
            if (_bytes > most) Trim();
        }
    }

    // A tenth below the limit, so that not every new copy has to look through all of them.
    private void Trim()
    {
        var copies = Copies().Select(copy => (Copy: copy, Size: Size(copy), Used: copy.LastAccessTimeUtc)).OrderBy(copy => copy.Used).ToList();
        _bytes = copies.Sum(copy => copy.Size);
        foreach (var (copy, size, used) in copies)
        {
            if (_bytes <= most * 0.9 || used > time.GetUtcNow().UtcDateTime - Grace) return;
            Delete(copy);
            _bytes -= size;
        }
    }

    private IEnumerable<FileSystemInfo> Copies() => new DirectoryInfo(folder).EnumerateDirectories()
        .Where(part => part.Name.Length == 2 || part.Name == "folders").SelectMany(part => part.EnumerateFileSystemInfos());

    private static long Size(FileSystemInfo copy) => copy switch
    {
        FileInfo file => file.Length,
        DirectoryInfo unpacked => unpacked.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length),
        _ => 0,
    };

    private static void Delete(FileSystemInfo copy)
    {
        try
        {
            if (copy is DirectoryInfo unpacked) unpacked.Delete(recursive: true);
            else copy.Delete();
        }
        catch (IOException) { }
    }
}
