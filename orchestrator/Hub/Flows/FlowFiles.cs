using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Hub.Storage;
using Flows.Hub.Web;

namespace Flows.Hub.Flows;

/// <summary>Files that belong to a flow, or to the project (<c>_project</c>): data, scripts. Paths never leave their folder.</summary>
public sealed class FlowFiles(DataFolder data)
{
    public const string Project = "_project";

    public IReadOnlyList<FlowFileEntry> List(string definitionId)
    {
        var folder = Folder(definitionId);
        if (!Directory.Exists(folder)) return [];
        return [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => new FlowFileEntry(Path.GetRelativePath(folder, file), new FileInfo(file).Length))];
    }

    /// <exception cref="RequestFault">The path is absolute or climbs out.</exception>
    public string PathOf(string definitionId, string path)
    {
        var folder = Folder(definitionId);
        var full = Path.GetFullPath(Path.Combine(folder, path));
        if (path.Length == 0 || Path.IsPathRooted(path) || !full.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal) || path.Contains('\0'))
            throw new RequestFault($"The path '{path}' is not one inside the flow's folder.");
        // Routing leaves an escaped slash as it is: it would become part of a file's name.
        if (path.Contains("%2F", StringComparison.OrdinalIgnoreCase)) throw new RequestFault($"The path '{path}' has an escaped slash: write '/'.");
        if (ThroughLink(folder, full)) throw new RequestFault($"The path '{path}' leads through a link.");
        return full;
    }

    /// <summary>Writes a file whole or not at all.</summary>
    public async Task WriteAsync(string definitionId, string path, Stream content, CancellationToken cancellation)
    {
        var full = PathOf(definitionId, path);
        if (Directory.Exists(full) || Ancestors(Folder(definitionId), full).Any(File.Exists)) throw new RequestFault($"The path '{path}' is both a file and a folder.");
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        var partial = Path.Combine(data.Work, $"upload-{Guid.NewGuid():N}");
        try
        {
            await using (var file = File.Create(partial)) await content.CopyToAsync(file, cancellation);
            File.Move(partial, full, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    public void DeleteAll(string definitionId)
    {
        if (Directory.Exists(Folder(definitionId))) Directory.Delete(Folder(definitionId), recursive: true);
    }

    // A link that somebody put there by hand would lead out of the folder.
    private static bool ThroughLink(string folder, string full) =>
        Ancestors(folder, full).Append(full).Any(part => new FileInfo(part).LinkTarget is not null);

    private static IEnumerable<string> Ancestors(string folder, string full)
    {
        for (var at = Path.GetDirectoryName(full)!; at.Length > folder.Length; at = Path.GetDirectoryName(at)!) yield return at;
    }

    private string Folder(string definitionId)
    {
        if (definitionId.Length == 0 || definitionId is "." or ".." || definitionId.AsSpan().IndexOfAny('/', '\\', '\0') >= 0)
            throw new RequestFault($"'{definitionId}' is not a flow's id.");
        return Path.Combine(data.Files, definitionId);
    }
}

/// <param name="Size">Bytes.</param>
public sealed record FlowFileEntry(string Path, long Size);

/// <summary>Files as a step of one flow sees them: its own first, then the project's, then absolute paths of this machine.</summary>
public sealed class StepFiles(FlowFiles files, string definitionId) : IFlowFiles
{
    public Task<string> FetchAsync(string path, CancellationToken cancellation = default)
    {
        if (Path.IsPathRooted(path)) return Task.FromResult(Existing([path], path));
        try { return Task.FromResult(Existing([files.PathOf(definitionId, path), files.PathOf(FlowFiles.Project, path)], path)); }
        catch (RequestFault climbs) { throw new ActivityFault(climbs.Message); }
    }

    private static string Existing(IEnumerable<string> candidates, string path) => candidates.FirstOrDefault(File.Exists)
        ?? throw new ActivityFault($"There is no file '{path}' among the flow's or the project's files.");
}
