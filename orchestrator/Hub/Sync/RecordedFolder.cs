using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Tracking;
using Flows.Hub.Artifacts;
using Flows.Hub.Cli;

namespace Flows.Hub.Sync;

/// <summary>A folder <c>.flows</c>, into which the Python SDK records runs outside of a step (see <c>activities/python/flows/folder.py</c>).</summary>
public sealed class RecordedFolder(string path)
{
    // Most entries and characters of one batch; the server takes no more of either.
    private const int Batch = 5_000, MostText = 4_000_000;

    private static readonly byte[] Manifest = "{\"files\":["u8.ToArray();

    /// <summary>The folder, or the one below it; null when neither is one.</summary>
    public static RecordedFolder? Find(string path) =>
        ((string[])[path, Path.Combine(path, ".flows")]).FirstOrDefault(folder => Directory.Exists(Path.Combine(folder, "runs"))) is { } found ? new RecordedFolder(found) : null;

    /// <summary>Sends all that the server does not have. A run that cannot be sent does not keep back the others.</summary>
    public async Task PushAsync(SyncClient hub, CancellationToken cancellation)
    {
        foreach (var run in Directory.EnumerateDirectories(Path.Combine(path, "runs")).Order(StringComparer.Ordinal).Where(folder => File.Exists(Path.Combine(folder, "run.json"))))
        {
            try { await PushAsync(hub, run, cancellation); }
            catch (Exception refused) when (refused is CommandFault or JsonException) { hub.Sent.Refused.Add($"{Path.GetFileName(run)}: {refused.Message}"); }
        }
    }

    private async Task PushAsync(SyncClient hub, string folder, CancellationToken cancellation)
    {
        var (id, run) = (Path.GetFileName(folder), JsonNode.Parse(await File.ReadAllBytesAsync(Path.Combine(folder, "run.json"), cancellation)) ?? throw new JsonException("run.json is empty"));
        // Files first: a run that is there has all that it names.
        foreach (var sha256 in NamedArtifacts.Of(run)) await UploadAsync(hub, sha256, cancellation);
        await hub.PutRunAsync(id, run, cancellation);
        foreach (var file in Directory.EnumerateFiles(folder, "*.jsonl").Order(StringComparer.Ordinal))
            await PushEntriesAsync(hub, new EntryStream(id, id + ".1", Path.GetFileNameWithoutExtension(file)), file, cancellation);
    }

    private async Task PushEntriesAsync(SyncClient hub, EntryStream stream, string file, CancellationToken cancellation)
    {
        var accepted = await hub.AcceptedAsync(stream, cancellation);
        foreach (var batch in Batches(Lines(file, accepted)))
        {
            foreach (var sha256 in NamedArtifacts.Of(new JsonArray([.. batch.Where(entry => entry?["artifact"] is not null).Select(entry => entry!.DeepClone())]))) await UploadAsync(hub, sha256, cancellation);
            accepted = await hub.SendAsync(stream, accepted, batch, cancellation);
        }
    }

    private async Task UploadAsync(SyncClient hub, string sha256, CancellationToken cancellation)
    {
        var file = ArtifactDigest.IsDigest(sha256) ? Path.Combine(path, "objects", sha256[..2], sha256) : throw new CommandFault($"\"{sha256}\" is no digest of a file.");
        if (!File.Exists(file)) throw new CommandFault($"The file {sha256} is missing in {Path.Combine(path, "objects")}.");
        foreach (var part in await PartsAsync(file, cancellation)) await UploadAsync(hub, part, cancellation);
        await hub.UploadAsync(sha256, _ => Task.FromResult<Stream>(File.OpenRead(file)), cancellation);
    }

    private static async Task<IReadOnlyList<string>> PartsAsync(string file, CancellationToken cancellation)
    {
        var head = new byte[Manifest.Length];
        await using (var bytes = File.OpenRead(file))
            if (await bytes.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellation) < head.Length || !head.SequenceEqual(Manifest)) return [];
        return [.. (await ArtifactFolder.ReadAsync(file, cancellation))?.Files.Select(entry => entry.Sha256) ?? []];
    }

    // Null in the place of a line that cannot be read.
    private static IEnumerable<IReadOnlyList<JsonNode?>> Batches(IEnumerable<string> lines)
    {
        var (batch, characters) = (new List<JsonNode?>(), 0);
        foreach (var line in lines)
        {
            if (batch.Count == Batch || batch.Count > 0 && characters + line.Length > MostText)
            {
                yield return batch;
                (batch, characters) = ([], 0);
            }
            batch.Add(Parse(line));
            characters += line.Length;
        }
        if (batch.Count > 0) yield return batch;
    }

    /// <summary>From one on. A last line without its end is still being written, or was when its program was killed.</summary>
    private static IEnumerable<string> Lines(string file, long from)
    {
        using var bytes = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (bytes.Length == 0) yield break;
        bytes.Seek(-1, SeekOrigin.End);
        var isWhole = bytes.ReadByte() == '\n';
        bytes.Seek(0, SeekOrigin.Begin);
        using var reader = new StreamReader(bytes);
        var line = reader.ReadLine();
        for (long number = 0; line is not null; number++)
        {
            var next = reader.ReadLine();
            if (number >= from && (next is not null || isWhole)) yield return line;
            line = next;
        }
    }

    private static JsonNode? Parse(string line)
    {
        try { return JsonSerializer.Deserialize<TrackedEntry>(line, ContractJson.Options) is { } entry ? JsonSerializer.SerializeToNode(entry, ContractJson.Options) : null; }
        catch (JsonException) { return null; }
    }
}
