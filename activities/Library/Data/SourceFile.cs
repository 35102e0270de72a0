using System.IO.Compression;
using System.Text;
using Flows.Contract.Activities;

namespace Flows.Library.Data;

/// <summary>The bytes that a source reads: local, or fetched into the step's folder.</summary>
internal sealed class SourceFile
{
    private const int HeadBytes = 64 * 1024;
    private readonly Lazy<byte[]> _head;

    private SourceFile(string name, string localPath)
    {
        (Name, LocalPath) = (name, localPath);
        IsGzip = Starts(0x1f, 0x8b);
        _head = new Lazy<byte[]>(ReadHead);
    }

    /// <summary>As its author wrote it: what messages say.</summary>
    public string Name { get; }

    public string LocalPath { get; }

    public bool IsGzip { get; }

    /// <summary>It came from a web address.</summary>
    public bool IsFetched { get; private init; }

    /// <summary>The name without <c>.gz</c>.</summary>
    public string Stem => Name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? Name[..^3] : Name;

    public static async Task<SourceFile> OpenAsync(ActivityContext context, string path, CancellationToken cancellation)
    {
        if (Uri.TryCreate(path, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            return new SourceFile(NameOf(address), IsRecorded(context, path) ? await context.Files.FetchAsync(path, cancellation) : await Download.ToFolderAsync(address, context, cancellation)) { IsFetched = true };

        var local = await context.Files.FetchAsync(path, cancellation);
        if (!File.Exists(local)) throw new ActivityFault($"There is no file '{path}' among the flow's files.");
        return new SourceFile(Path.GetFileName(path), local);
    }

    /// <summary>A file that a script wrote.</summary>
    public static SourceFile Of(string localPath) => new(Path.GetFileName(localPath), localPath);

    /// <exception cref="ActivityFault">Empty, or of no format that a table can be read from.</exception>
    public FileFormat Format()
    {
        if (Starts("PAR1"u8.ToArray())) return FileFormat.Parquet;
        var extension = Path.GetExtension(Stem).ToLowerInvariant();
        if (extension is ".parquet") return FileFormat.Parquet;
        if (extension is ".json" or ".jsonl" or ".ndjson") return FileFormat.Json;
        return extension is "" && Head() is ['{' or '[', ..] ? FileFormat.Json : FileFormat.Csv;
    }

    /// <summary>The first 64 KB as text.</summary>
    /// <exception cref="ActivityFault">Empty or not text.</exception>
    public string Head()
    {
        var bytes = _head.Value;
        if (bytes.Length == 0) throw new ActivityFault($"'{Name}' is empty: it has no header and no rows.");
        if (bytes.Contains((byte)0)) throw new ActivityFault($"'{Name}' is not a text file: it holds binary data. Readable are CSV, CSV.gz, Parquet and JSON (UTF-8).");
        return Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF');
    }

    public Stream OpenText()
    {
        var file = File.OpenRead(LocalPath);
        return IsGzip ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    private byte[] ReadHead()
    {
        try
        {
            using var text = OpenText();
            var head = new byte[HeadBytes];
            return head[..text.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false)];
        }
        catch (InvalidDataException broken)
        {
            throw new ActivityFault($"'{Name}' is a damaged gzip file: {broken.Message}", broken);
        }
    }

    private bool Starts(params byte[] magic)
    {
        using var file = File.OpenRead(LocalPath);
        var start = new byte[magic.Length];
        return file.ReadAtLeast(start, magic.Length, throwOnEndOfStream: false) == magic.Length && start.AsSpan().SequenceEqual(magic);
    }

    // An earlier step that is made again had this from there.
    private static bool IsRecorded(ActivityContext context, string path) => context.Recipe?.Files?.Any(file => file.Path == path) == true;

    private static string NameOf(Uri address) => Path.GetFileName(address.AbsolutePath) is { Length: > 0 } name ? name : address.Host;
}
