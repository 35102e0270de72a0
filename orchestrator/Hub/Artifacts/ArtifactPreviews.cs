using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DuckDB.NET.Data;
using Flows.Contract.Artifacts;
using Flows.Library.Data;

namespace Flows.Hub.Artifacts;

/// <summary>What a person sees of an artifact without saving it. Bytes never change, so a preview is made once and kept for a while.</summary>
/// <param name="work">Folder for what DuckDB spills.</param>
public sealed class ArtifactPreviews(ArtifactStore store, string work)
{
    /// <summary>Bytes of a text that are shown.</summary>
    public const int TextBytes = 64 * 1024;

    /// <summary>Largest file of facts that is read, in bytes.</summary>
    public const int FactsBytes = 1024 * 1024;

    private const int Kept = 64;

    private readonly ConcurrentDictionary<(string, string), ArtifactPreview> _made = new();
    private readonly SemaphoreSlim _turn = new(1);

    /// <param name="name">File name, for telling texts and pictures.</param>
    public async Task<ArtifactPreview> OfAsync(string sha256, string kind, string name, CancellationToken cancellation)
    {
        if (_made.TryGetValue((sha256, kind), out var made)) return made;

        var path = await store.VerifiedPathAsync(sha256, cancellation);
        var preview = kind == "Table" ? await TableAsync(path, cancellation) : await FileAsync(path, kind, name, cancellation);
        if (_made.Count >= Kept) _made.Clear();
        return _made[(sha256, kind)] = preview;
    }

    // One at a time: a table of many gigabytes must not take the machine from the runs.
    private async Task<ArtifactPreview> TableAsync(string path, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            Directory.CreateDirectory(work);
            return await Task.Run(() => new TableProfile(path, work).Read(cancellation), cancellation);
        }
        catch (DuckDBException broken)
        {
            throw new ArtifactException(ArtifactProblem.BadPath, $"The artifact cannot be read as a table: {broken.Message.Split('\n')[0]}");
        }
        finally
        {
            _turn.Release();
        }
    }

    private static async Task<ArtifactPreview> FileAsync(string path, string kind, string name, CancellationToken cancellation)
    {
        if (await ArtifactFolder.ReadAsync(path, cancellation) is { } folder) return new ArtifactPreview("Folder") { Text = Listing(folder) };
        if (kind is "Metrics" or "Plot") return new ArtifactPreview(kind) { Facts = await FactsAsync(path, cancellation) };
        if (await NotebookPreview.TextAsync(path, name, cancellation) is { } notebook) return new ArtifactPreview(kind) { Text = notebook };

        var head = await HeadAsync(path, cancellation);
        if (kind == "Image") return new ArtifactPreview(kind) { Text = MediaTypes.Of(name) == "image/svg+xml" ? Text(head) : null };
        return new ArtifactPreview(kind) { Text = Text(head) };
    }

    private static async Task<JsonObject?> FactsAsync(string path, CancellationToken cancellation)
    {
        if (new FileInfo(path).Length > FactsBytes) return null;
        try
        {
            return JsonNode.Parse(await File.ReadAllBytesAsync(path, cancellation)) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static async Task<byte[]> HeadAsync(string path, CancellationToken cancellation)
    {
        await using var file = File.OpenRead(path);
        var head = new byte[TextBytes];
        return head[..await file.ReadAtLeastAsync(head, TextBytes, throwOnEndOfStream: false, cancellation)];
    }

    private static string? Text(byte[] head) => head.Contains((byte)0) ? null : Encoding.UTF8.GetString(head);

    private static string Listing(ArtifactFolder folder) =>
        string.Join('\n', folder.Files.Take(1000).Select(entry => $"{entry.Path}  {entry.Size:N0} bytes"));
}
