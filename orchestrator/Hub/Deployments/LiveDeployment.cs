using Flows.Contract.Activities;
using Flows.Contract.Models;
using Flows.Hub.Gateway;

namespace Flows.Hub.Deployments;

/// <summary>
/// One deployment: which server answers now, and the watch that starts it again when it dies.
/// States are drawn in docs/guides/serving.md.
/// </summary>
/// <param name="isKept">The row is in the database; until then no other orchestrator knows of it.</param>
internal sealed class LiveDeployment(DeploymentRow row, DeploymentSite site, Func<DeploymentRow, Task> save, bool isKept)
{
    private readonly SemaphoreSlim _changing = new(1);
    private CancellationTokenSource _watching = new();
    private Task _watch = Task.CompletedTask;
    private volatile ServerProcess? _server;
    private volatile bool _isKept = isKept;
    private long? _failedAt;

    public DeploymentRow Row { get; } = row;

    /// <summary>As it is now: what an earlier process left as ready is starting until a server answers.</summary>
    public DeploymentStatus Status => Row.Status is DeploymentStatus.Ready && _server is null ? DeploymentStatus.Starting : Row.Status;

    public TrafficCounter Traffic { get; } = new();

    /// <summary>The server to send requests to; null while there is none.</summary>
    public ServerProcess? Server => _server;

    // A version that does not start here is not tried at every look.
    private bool IsResting => _failedAt is { } failed && site.Time.GetElapsedTime(failed) < TimeSpan.FromSeconds(30);

    private RevisionFolder Folder => new(site.Root, Row.Name, Row.Revision);

    public string LastWords => Folder.LastWords(200);

    /// <summary>Brings a version up and moves traffic to it once it answers; only then the one before is stopped.</summary>
    /// <exception cref="ActivityFault">The version does not start. What served before serves on.</exception>
    public async Task ServeAsync(ModelVersion version, CancellationToken cancellation)
    {
        await _changing.WaitAsync(cancellation);
        try
        {
            if (_server is { HasExited: false } && Row.Model == version.Name && Row.Version == version.Version) return;
            await ChangeAsync(version, cancellation);
            await KeepAsync();
        }
        catch (ActivityFault)
        {
            await KeepAsync();
            throw;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Another orchestrator has made something else of the deployment, as far as this one knows.</summary>
    public bool Differs(DeploymentRow? kept) => _isKept && !IsResting && (kept is null ? Row.IsWanted || _server is not null : kept.IsWanted != Row.IsWanted || (kept.IsWanted && !Row.IsSameAs(kept)));

    /// <summary>Becomes what another orchestrator has made of the deployment; each of them serves it by a process of its own.</summary>
    /// <param name="read">The row as it is kept now; null when the deployment is gone.</param>
    /// <returns>False when it is gone.</returns>
    public async Task<bool> FollowAsync(Func<Task<DeploymentRow?>> read, CancellationToken cancellation)
    {
        await _changing.WaitAsync(cancellation);
        try
        {
            // Read in here: a change that this orchestrator makes itself is either kept already or has not begun.
            var kept = await read();
            if (kept is null or { IsWanted: false }) await EndAsync(DeploymentStatus.Stopped);
            else if (!Row.IsWanted || !Row.IsSameAs(kept))
                await ChangeAsync(await site.VersionAsync(kept.Model, kept.Version, kept.ProjectId, cancellation), cancellation);
            return kept is not null;
        }
        catch (ActivityFault)
        {
            _failedAt = site.Time.GetTimestamp();
            throw;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>After a start of the hub: takes over the server that still runs, or starts it again.</summary>
    public async Task ResumeAsync(CancellationToken cancellation)
    {
        await _changing.WaitAsync(cancellation);
        try
        {
            await site.SweepAsync(Row.Name, Row.Revision);
            if (await site.FindAsync(Folder, cancellation) is { } found) Take(found);
            Watch(found: _server);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <param name="status">What the deployment is from now on; null when only this hub process ends.</param>
    public async Task StopAsync(DeploymentStatus? status)
    {
        await _changing.WaitAsync();
        try
        {
            await EndAsync(status);
            if (status is not null) await KeepAsync();
        }
        finally
        {
            _changing.Release();
        }
    }

    private async Task EndAsync(DeploymentStatus? status)
    {
        await EndWatchAsync();
        if (_server is { } server)
        {
            _server = null;
            await server.DrainAsync(site.Time);
        }
        if (status is { } final) Say(final, null);
    }

    private async Task ChangeAsync(ModelVersion version, CancellationToken cancellation)
    {
        var next = new RevisionFolder(site.Root, Row.Name, NextRevision());
        var server = await StartOrSayAsync(next, version, cancellation);
        await SwitchAsync(server, version, next.Revision);
    }

    private int NextRevision() => Math.Max(Row.Revision, RevisionFolder.All(site.Root, Row.Name).Select(folder => folder.Revision).DefaultIfEmpty().Max()) + 1;

    private async Task<ServerProcess> StartOrSayAsync(RevisionFolder next, ModelVersion version, CancellationToken cancellation)
    {
        try
        {
            return await site.StartAsync(next, version, cancellation);
        }
        catch (ActivityFault fault)
        {
            if (_server is null) Say(DeploymentStatus.Failed, fault.Message);
            else Say(DeploymentStatus.Ready, $"Version {version.Version} of {version.Name} did not start; version {Row.Version} of {Row.Model} serves on. {fault.Message}");
            throw;
        }
    }

    private async Task SwitchAsync(ServerProcess server, ModelVersion version, int revision)
    {
        await EndWatchAsync();
        var before = _server;
        (Row.Model, Row.Version, Row.Revision) = (version.Name, version.Version, revision);
        Take(server);
        Watch(server);
        if (before is not null) await before.DrainAsync(site.Time);
        await site.SweepAsync(Row.Name, revision);
    }

    private void Take(ServerProcess server)
    {
        _server = server;
        Say(DeploymentStatus.Ready, null);
    }

    private void Watch(ServerProcess? found)
    {
        _watching = new CancellationTokenSource();
        _watch = WatchAsync(found, _watching.Token);
    }

    private async Task EndWatchAsync()
    {
        await _watching.CancelAsync();
        await _watch;
    }

    private async Task WatchAsync(ServerProcess? server, CancellationToken cancellation)
    {
        var backOff = new BackOff(site.Time);
        try
        {
            while (true)
            {
                if (server is not null)
                {
                    backOff.Begin();
                    await server.ExitedAsync(cancellation);
                    _server = null;
                    Say(DeploymentStatus.Starting, $"The model server ended and is started again. Its last words: {server.LastWords()}");
                }
                await backOff.WaitAsync(cancellation);
                server = await RestartAsync(cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped or replaced: someone else answers for the server now.
        }
    }

    private async Task<ServerProcess?> RestartAsync(CancellationToken cancellation)
    {
        try
        {
            var version = await site.VersionAsync(Row.Model, Row.Version, Row.ProjectId, cancellation);
            var server = await site.StartAsync(Folder, version, cancellation);
            Take(server);
            return server;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Say(DeploymentStatus.Starting, failure.Message);
            return null;
        }
    }

    // How it stands on this machine; what shall be is kept when somebody asks for a change.
    private void Say(DeploymentStatus status, string? message) => (Row.Status, Row.Message) = (status, message);

    private async Task KeepAsync()
    {
        await save(Row);
        _isKept = true;
    }
}
