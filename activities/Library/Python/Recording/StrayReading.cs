using System.Security.Cryptography;
using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Provenance;

namespace Flows.Library.Python.Recording;

/// <summary>Reads what a keeper saw of a step's files (see <c>flows.worker.watch</c>), and says it in the step's log.</summary>
internal static class StrayReading
{
    private const int MostPaths = 100;
    private const int Named = 5;
    private const long LargestHashed = 64 * 1024 * 1024;

    private sealed record Seen(string By, IReadOnlyList<string> Read, IReadOnlyList<string> Written, int Missed = 0, string? Why = null);

    /// <summary>Nobody looked, since the step's settings say so.</summary>
    public static StrayFiles Unasked { get; } = new(StrayFiles.Nobody) { Why = "The step's settings say so: Note undeclared files is off." };

    public static async Task<StrayFiles> OfAsync(ActivityContext context, string what, ProcessEnd end, CancellationToken cancellation)
    {
        if (end.Files is not { } files || JsonSerializer.Deserialize<Seen>(files, ContractJson.Options) is not { } seen)
            return new StrayFiles(StrayFiles.Nobody) { Why = "Nothing was left of what its keeper saw." };
        if (seen.Why is { } why) context.Log.Write(LogLevel.Warning, $"Undeclared files of the {what} were not watched: {why}.");
        Warn(context, $"The {what} read files that are not among its inputs", seen.Read);
        Warn(context, $"The {what} wrote or removed files that are not among its outputs", seen.Written);
        return new StrayFiles(seen.By)
        {
            Read = await HashedAsync(seen.Read, cancellation),
            Written = await HashedAsync(seen.Written, cancellation),
            Why = seen.Why is { } reason ? $"Undeclared files were not watched: {reason}." : null,
            Missed = seen.Missed,
            More = Math.Max(0, seen.Read.Count - MostPaths) + Math.Max(0, seen.Written.Count - MostPaths),
        };
    }

    private static void Warn(ActivityContext context, string said, IReadOnlyList<string> paths)
    {
        if (paths.Count == 0) return;
        var more = paths.Count > Named ? $" and {paths.Count - Named} more" : "";
        context.Log.Write(LogLevel.Warning, $"{said}: {string.Join(", ", paths.Take(Named))}{more}. The result may not be made again without them.");
    }

    private static async Task<IReadOnlyList<StrayFile>> HashedAsync(IReadOnlyList<string> paths, CancellationToken cancellation)
    {
        var files = new List<StrayFile>();
        foreach (var path in paths.Take(MostPaths)) files.Add(new StrayFile(path, await DigestAsync(path, cancellation)));
        return files;
    }

    private static async Task<string?> DigestAsync(string path, CancellationToken cancellation)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists || file.Length > LargestHashed) return null;
            await using var bytes = file.OpenRead();
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(bytes, cancellation));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException) { return null; }
    }
}
