using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Microsoft.Extensions.FileSystemGlobbing;

namespace Flows.Hub.Triggers.Watches.Files;

/// <summary>
/// Every look reads the whole folder, so that a notification that got lost, an overflow of the system's queue and what happened
/// while no server ran are all found the same way. Notifications only say when to look, and which files are being written.
/// </summary>
internal sealed class FolderWatch(FilesWatched watched, TimeProvider time) : IWatch
{
    private static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = 0, MaxRecursionDepth = 32 };

    // How long it is known when a file was written after that has no more meaning.
    private static readonly TimeSpan Forgetting = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _written = [];
    private readonly WakeUp _wake = new(time);
    private FileSystemWatcher? _notices;
    private bool _isUnsettled;

    public Task<Look> LookAsync(Seen seen, CancellationToken cancellation)
    {
        var (folder, pattern) = Place();
        Listen(folder, pattern);
        var before = seen.Cursor?["files"] as JsonObject;
        var now = Read(folder, pattern, before ?? [], isFirst: before is null);
        var changes = before is null ? [] : Listing.Changes(before, now, watched.WithRemoved);
        var cursor = new JsonObject { ["files"] = Listing.ToJson(now) };
        return Task.FromResult(new Look(cursor, changes.Count == 0 ? null : FireOf(folder, changes, seen.Revision)));
    }

    public async Task WaitAsync(CancellationToken cancellation)
    {
        if (_isUnsettled)
        {
            await Task.Delay(watched.Settle, time, cancellation);
            return;
        }
        // What comes together is looked at together.
        if (await _wake.WaitAsync(watched.Poll, cancellation) && watched.Settle > TimeSpan.Zero) await Task.Delay(watched.Settle, time, cancellation);
    }

    public ValueTask DisposeAsync()
    {
        _notices?.Dispose();
        return ValueTask.CompletedTask;
    }

    // A path that is no folder is a file in one.
    private (string Folder, string Pattern) Place()
    {
        if (Directory.Exists(watched.Path)) return (Path.TrimEndingDirectorySeparator(watched.Path), watched.Pattern);
        if (Path.GetDirectoryName(watched.Path) is { Length: > 0 } folder && Directory.Exists(folder)) return (folder, Path.GetFileName(watched.Path));
        _notices?.Dispose();
        _notices = null;
        throw new WatchFault($"There is no folder {watched.Path} on this machine.");
    }

    private void Listen(string folder, string pattern)
    {
        if (_notices is not null) return;
        var notices = new FileSystemWatcher(folder) { IncludeSubdirectories = pattern.Contains('/') || pattern.Contains("**"), InternalBufferSize = 64 * 1024, NotifyFilter = NotifyFilters.LastWrite | NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.Size };
        notices.Created += (_, one) => Told(one.FullPath);
        notices.Changed += (_, one) => Told(one.FullPath);
        notices.Renamed += (_, one) => Told(one.FullPath);
        notices.Deleted += (_, one) => Told(one.FullPath);
        notices.Error += (_, _) => _wake.Tell();
        try
        {
            notices.EnableRaisingEvents = true;
            _notices = notices;
        }
        // The system gives out no more of them: what remains is looking by the clock.
        catch (IOException) { notices.Dispose(); }
    }

    private void Told(string path)
    {
        _written[path] = time.GetUtcNow();
        _wake.Tell();
    }

    private Dictionary<string, string> Read(string folder, string pattern, JsonObject before, bool isFirst)
    {
        var (found, matcher, now) = (new Dictionary<string, string>(), new Matcher().AddInclude(pattern), time.GetUtcNow());
        _isUnsettled = false;
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", pattern.Contains('/') || pattern.Contains("**") ? Everything : Flat))
        {
            var name = Path.GetRelativePath(folder, file.FullName);
            if (!matcher.Match(name).HasMatches || Stamp(file) is not { } stamp) continue;
            if (isFirst || before.Text(name) == stamp || IsSettled(file, now)) found[name] = stamp;
            else
            {
                _isUnsettled = true;
                // Until it is whole it stays what it was.
                if (before.Text(name) is { } earlier) found[name] = earlier;
            }
            if (found.Count > Listing.Most) throw new WatchFault($"More than {Listing.Most} files in {folder} fit '{pattern}': choose a narrower pattern.");
        }
        foreach (var (path, at) in _written) if (now - at > watched.Settle + Forgetting) _written.TryRemove(KeyValuePair.Create(path, at));
        return found;
    }

    private static readonly EnumerationOptions Flat = new() { IgnoreInaccessible = true, AttributesToSkip = 0 };

    private bool IsSettled(FileInfo file, DateTimeOffset now) =>
        Age(now, file.LastWriteTimeUtc) >= watched.Settle && (!_written.TryGetValue(file.FullName, out var at) || now - at >= watched.Settle);

    // A file of the future, from a machine whose clock goes wrong, is taken as it is told of.
    private TimeSpan Age(DateTimeOffset now, DateTime written) => written > now.UtcDateTime ? watched.Settle : now.UtcDateTime - written;

    // Null: it went while the folder was read.
    private static string? Stamp(FileInfo file)
    {
        try { return file.Exists ? string.Create(CultureInfo.InvariantCulture, $"{file.Length}:{file.LastWriteTimeUtc.Ticks}") : null; }
        catch (IOException) { return null; }
    }

    private Fire FireOf(string folder, IReadOnlyList<ListingChange> changes, long revision)
    {
        var files = new JsonArray([.. changes.Take(Listing.MostListed).Select(change => FileOf(folder, change))]);
        var payload = new JsonObject { ["folder"] = folder, ["file"] = Path.Combine(folder, changes[0].Name), ["files"] = files, ["count"] = changes.Count };
        return new Fire(Listing.Key(revision, changes), Latest(folder, changes), payload);
    }

    private static JsonNode FileOf(string folder, ListingChange change)
    {
        var file = new JsonObject { ["name"] = change.Name, ["path"] = Path.Combine(folder, change.Name), ["change"] = change.What };
        if (change.Stamp.Split(':') is not [var size, var ticks]) return file;
        file["size"] = long.Parse(size, CultureInfo.InvariantCulture);
        file["modified"] = new DateTime(long.Parse(ticks, CultureInfo.InvariantCulture), DateTimeKind.Utc).ToString("O", CultureInfo.InvariantCulture);
        return file;
    }

    // A file that was moved here may have been written long ago.
    private DateTimeOffset Latest(string folder, IReadOnlyList<ListingChange> changes)
    {
        var now = time.GetUtcNow();
        var told = changes.Select(change => _written.TryGetValue(Path.Combine(folder, change.Name), out var at) ? at : DateTimeOffset.MinValue).Max();
        if (told > DateTimeOffset.MinValue) return told;
        var ticks = changes.Select(change => change.Stamp.Split(':') is [_, var at] ? long.Parse(at, CultureInfo.InvariantCulture) : 0).Max();
        return ticks > 0 && ticks <= now.UtcTicks ? new DateTimeOffset(ticks, TimeSpan.Zero) : now;
    }
}
