using System.Security.Cryptography;
using System.Text;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Hub.Access;
using Flows.Hub.Artifacts;
using Flows.Hub.Storage;
using Flows.Hub.Web;

namespace Flows.Hub.Flows;

/// <summary>Files as a step of one flow sees them: its own first, then the project's, then absolute paths of this machine.</summary>
public sealed class StepFiles(FlowFiles files, ArtifactStore artifacts, DataFolder data, FolderPolicy folders, string definitionId) : IFlowFiles
{
    public async Task<string> FetchAsync(string path, CancellationToken cancellation = default)
    {
        if (Path.IsPathRooted(path) && !folders.Allows(path)) throw new ActivityFault($"'{path}' {FolderPolicy.Refusal}");
        if (Path.IsPathRooted(path)) return File.Exists(path) ? path : throw Missing(path);
        try
        {
            var at = FlowPath.Of(path);
            return await FetchAsync(definitionId, at, cancellation) ?? await FetchAsync(FlowFiles.Project, at, cancellation) ?? throw Missing(path);
        }
        catch (RequestFault climbs)
        {
            throw new ActivityFault(climbs.Message, climbs);
        }
    }

    // Under their own names, so that a script finds its companions, its messages say where they are from and an extension is seen.
    private async Task<string?> FetchAsync(string owner, FlowPath path, CancellationToken cancellation)
    {
        var wanted = await files.WithCompanionsAsync(owner, path, cancellation);
        if (wanted.Count == 0) return null;
        var view = Path.Combine(data.Work, "files", DigestOf(wanted));
        foreach (var file in wanted) Link(Path.Combine(view, file.Path), await artifacts.VerifiedPathAsync(file.Sha256, cancellation));
        return Path.Combine(view, path.Text);
    }

    private static void Link(string link, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        try { File.CreateSymbolicLink(link, target); }
        catch (IOException) when (File.Exists(link)) { }
    }

    private static string DigestOf(IEnumerable<FlowFileEntry> files) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', files.Select(file => $"{file.Sha256} {file.Path}")))));

    private static ActivityFault Missing(string path) => new($"There is no file '{path}' among the flow's or the project's files.");
}
