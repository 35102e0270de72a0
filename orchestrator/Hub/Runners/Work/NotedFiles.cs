using System.Security.Cryptography;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Contract.Provenance;
using Flows.Hub.Artifacts;

namespace Flows.Hub.Runners;

/// <summary>The flow's files as one step sees them: what it fetched is noted with its digest. A step that makes an earlier result again gets the bytes of then.</summary>
internal sealed class NotedFiles(IFlowFiles files) : IFlowFiles
{
    public ActivityContext? Context { get; set; }

    public async Task<string> FetchAsync(string path, CancellationToken cancellation = default)
    {
        var file = Context?.Recipe?.Files?.FirstOrDefault(one => one.Path == path.Trim()) is { } then ? await AsItWasAsync(then, cancellation) : await files.FetchAsync(path, cancellation);
        Context?.Use(new UsedFile(path.Trim(), await DigestAsync(file, cancellation), new FileInfo(File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file).Length));
        return file;
    }

    private async Task<string> AsItWasAsync(UsedFile then, CancellationToken cancellation)
    {
        if (await StoredAsync(then, cancellation) is not { } stored) return await files.FetchAsync(then.Path, cancellation);
        var named = Path.Combine(Directory.CreateDirectory(Path.Combine(Context!.WorkFolder, ".files", Guid.NewGuid().ToString("N"))).FullName, Path.GetFileName(then.Path));
        File.CreateSymbolicLink(named, stored);
        return named;
    }

    // A file of the machine may never have been stored: it is read again, and what it holds now is noted.
    private async Task<string?> StoredAsync(UsedFile then, CancellationToken cancellation)
    {
        try { return await Context!.Artifacts.FetchAsync(new Artifact(then.Sha256, "File", Path.GetFileName(then.Path), then.Size), cancellation); }
        catch (Exception absent) when (Path.IsPathRooted(then.Path) && absent is ActivityFault or ArtifactException) { return null; }
    }

    // A file of the store is a link to bytes that have been verified, and are called by their digest.
    private static async Task<string> DigestAsync(string file, CancellationToken cancellation)
    {
        if (File.ResolveLinkTarget(file, returnFinalTarget: true) is { } target && ArtifactDigest.IsDigest(target.Name)) return target.Name;
        await using var bytes = File.OpenRead(file);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(bytes, cancellation));
    }
}
