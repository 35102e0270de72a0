using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Contract.Models;
using Flows.Hub.Models;
using Flows.Hub.Storage;

namespace Flows.Hub.Deployments;

/// <summary>This machine as a place to deploy to.</summary>
/// <param name="root">The data folder's <c>deployments</c>.</param>
internal sealed class DeploymentSite(string root, IArtifacts artifacts, ModelRegistry models, TimeProvider time)
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(120);

    public string Root { get; } = Path.GetFullPath(root);

    public TimeProvider Time { get; } = time;

    /// <summary>The past of its deployments.</summary>
    public required DeploymentPeriods Periods { get; init; }

    /// <summary>Why a version is not to be used; null when it may be.</summary>
    public required Func<ModelVersion, CancellationToken, Task<string?>> QuarantineOf { get; init; }

    /// <summary>Other orchestrators deploy by the same database.</summary>
    public bool IsShared { get; init; }

    public HttpClient Http { get; } = new() { Timeout = TimeSpan.FromSeconds(100) };

    /// <summary>Starts a version's model server in a revision's folder and waits until it answers.</summary>
    /// <exception cref="ActivityFault">It does not start; nothing is left running.</exception>
    public async Task<ServerProcess> StartAsync(RevisionFolder folder, ModelVersion version, CancellationToken cancellation)
    {
        // Whoever asks for it, and the server itself at its start: the model has to be its project's.
        using var own = new Sight(version.ProjectId, version.Author, [version.ProjectId]).Enter();
        var server = ServerProcess.Start(folder, version, await artifacts.FetchAsync(version.Model, cancellation));
        return await OrStopAsync(server, cancellation);
    }

    /// <summary>The server that an earlier hub process left in a revision's folder, if it still answers.</summary>
    public async Task<ServerProcess?> FindAsync(RevisionFolder folder, CancellationToken cancellation)
    {
        if (ServerProcess.Find(folder) is not { } server) return null;
        try
        {
            return await OrStopAsync(server, cancellation);
        }
        catch (ActivityFault)
        {
            return null;
        }
    }

    public async Task<ModelVersion> VersionAsync(string name, int? version, string projectId, CancellationToken cancellation)
    {
        if (await models.FindAsync(name, version, projectId, cancellation) is { } found) return found;
        var known = await models.ListAsync(projectId, cancellation);
        throw new ActivityFault(version is { } number && known.Any(model => model.Name == name)
            ? $"Model \"{name}\" has no version {number}; its newest is {known.First(model => model.Name == name).LatestVersion}."
            : $"There is no model \"{name}\". Registered are: {(known.Count == 0 ? "none" : string.Join(", ", known.Select(model => model.Name)))}.");
    }

    /// <summary>Ends what is left of revisions that nobody serves from any more.</summary>
    public async Task SweepAsync(string name, int? keep)
    {
        foreach (var folder in RevisionFolder.All(Root, name).Where(folder => folder.Revision != keep))
        {
            if (ServerProcess.Find(folder) is { } left) await left.StopAsync();
            folder.Delete();
        }
    }

    private async Task<ServerProcess> OrStopAsync(ServerProcess server, CancellationToken cancellation)
    {
        try
        {
            await server.ReadyAsync(Http, StartPatience, cancellation);
            return server;
        }
        catch
        {
            await server.StopAsync();
            throw;
        }
    }
}
