using System.Runtime.InteropServices;
using Flows.Contract.Artifacts;

namespace Flows.Hub.Artifacts;

/// <summary>
/// The store as one step sees it: what it fetched is linked into its work folder, and so stays as long as the step does,
/// whatever the store lets go of meanwhile.
/// </summary>
public sealed class StepArtifacts(IArtifacts store, string workFolder) : IArtifacts
{
    private readonly string _folder = Path.Combine(workFolder, ".artifacts");

    public Task<Artifact> PutFileAsync(string path, string kind, string? name = null, CancellationToken cancellation = default) => store.PutFileAsync(path, kind, name, cancellation);

    public async Task<string> FetchAsync(Artifact artifact, CancellationToken cancellation = default)
    {
        var path = await store.FetchAsync(artifact, cancellation);
        var link = Path.Combine(_folder, Guid.NewGuid().ToString("N"), Path.GetFileName(path));
        if (Directory.Exists(path)) LinkFolder(path, link);
        else Link(path, link);
        return link;
    }

    private static void LinkFolder(string folder, string link)
    {
        Directory.CreateDirectory(link);
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)) Link(file, Path.Combine(link, Path.GetRelativePath(folder, file)));
    }

    private static void Link(string path, string link)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        // Another file system, or one without links: a copy does the same.
        if (!OperatingSystem.IsLinux() || HardLink(path, link) != 0) File.Copy(path, link);
    }

    [DllImport("libc", EntryPoint = "link")]
    private static extern int HardLink([MarshalAs(UnmanagedType.LPUTF8Str)] string path, [MarshalAs(UnmanagedType.LPUTF8Str)] string link);
}
