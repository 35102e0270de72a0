using System.Runtime.InteropServices;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Contract.Secrets;

namespace Flows.Hub.Artifacts;

/// <summary>
/// The store as one step sees it: what it fetched is linked into its work folder, and so stays as long as the step does,
/// whatever the store lets go of meanwhile.
/// </summary>
public sealed class StepArtifacts(IArtifacts store, string workFolder, SecretMask secrets) : IArtifacts
{
    private readonly string _folder = Path.Combine(workFolder, ".artifacts");

    /// <exception cref="ActivityFault">A file holds the value of a secret that the step was given.</exception>
    public async Task<Artifact> PutFileAsync(string path, string kind, string? name = null, CancellationToken cancellation = default)
    {
        if (!secrets.IsEmpty) await DemandCleanAsync(path, cancellation);
        return await store.PutFileAsync(path, kind, name, cancellation);
    }

    public async Task<string> FetchAsync(Artifact artifact, CancellationToken cancellation = default)
    {
        var path = await store.FetchAsync(artifact, cancellation);
        var link = Path.Combine(_folder, Guid.NewGuid().ToString("N"), Path.GetFileName(path));
        if (Directory.Exists(path)) LinkFolder(path, link);
        else Link(path, link);
        return link;
    }

    private async Task DemandCleanAsync(string path, CancellationToken cancellation)
    {
        foreach (var file in Directory.Exists(path) ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories) : [path])
        {
            await using var bytes = File.OpenRead(file);
            if (await secrets.IsInAsync(bytes, cancellation)) throw new ActivityFault($"The output '{secrets.Text(Path.GetFileName(file))}' holds the value of a secret that the step was given, and is not kept. Leave the secret out of it.");
        }
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
