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
        // Under their own names, so that a script finds its companions, its messages say where they are from and an extension is seen.
        var wanted = await ListAsync(path, cancellation);
        var view = Path.Combine(data.Work, "files", DigestOf(wanted));
        foreach (var file in wanted) Link(Path.Combine(view, file.Path), await artifacts.VerifiedPathAsync(file.Sha256, cancellation));
        return Path.Combine(view, FlowPath.Of(path).Text);
    }

    /// <summary>The file with what has to lie beside it, the flow's or else the project's.</summary>
    /// <exception cref="ActivityFault">No such file, or the path climbs out.</exception>
    public async Task<IReadOnlyList<FlowFileEntry>> ListAsync(string path, CancellationToken cancellation)
    {
        try
        {
            var at = FlowPath.Of(path);
            var own = await files.WithCompanionsAsync(definitionId, at, cancellation);
            var wanted = own.Count > 0 ? own : await files.WithCompanionsAsync(FlowFiles.Project, at, cancellation);
            return wanted.Count > 0 ? wanted : throw Missing(path);
        }
        catch (RequestFault climbs)
        {
            throw new ActivityFault(climbs.Message, climbs);
        }
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
