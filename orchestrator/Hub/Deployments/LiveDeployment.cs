using Flows.Contract.Activities;
using Flows.Contract.Models;
using Flows.Hub.Gateway;

namespace Flows.Hub.Deployments;

/// <summary>
/// One deployment: which server answers now, and the watch that starts it again when it dies.
/// States are drawn in docs/guides/serving.md.
/// </summary>
internal sealed class LiveDeployment(DeploymentRow row, DeploymentSite site, Func<DeploymentRow, Task> save)
{
    private readonly SemaphoreSlim _changing = new(1);
    private readonly SemaphoreSlim _saving = new(1);
    private CancellationTokenSource _watching = new();
    private Task _watch = Task.CompletedTask;
    private volatile ServerProcess? _server;

    public DeploymentRow Row { get; } = row;

    /// <summary>As it is now: what an earlier process left as ready is starting until a server answers.</summary>
    public DeploymentStatus Status => Row.Status is DeploymentStatus.Ready && _server is null ? DeploymentStatus.Starting : Row.Status;

    public TrafficCounter Traffic { get; } = new();

    /// <summary>The server to send requests to; null while there is none.</summary>
    public ServerProcess? Server => _server;

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
            var next = new RevisionFolder(site.Root, Row.Name, NextRevision());
            var server = await StartOrSayAsync(next, version, cancellation);
            await SwitchAsync(server, version, next.Revision);
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
            if (await site.FindAsync(Folder, cancellation) is { } found) await TakeAsync(found);
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
            await EndWatchAsync();
            if (_server is { } server)
            {
                _server = null;
                await server.DrainAsync(site.Time);
            }
            if (status is { } final) await SayAsync(final, null);
        }
        finally
        {
            _changing.Release();
        }
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
            if (_server is null) await SayAsync(DeploymentStatus.Failed, fault.Message);
            else await SayAsync(DeploymentStatus.Ready, $"Version {version.Version} of {version.Name} did not start; version {Row.Version} of {Row.Model} serves on. {fault.Message}");
            throw;
        }
    }

    private async Task SwitchAsync(ServerProcess server, ModelVersion version, int revision)
    {
        await EndWatchAsync();
        var before = _server;
        (Row.Model, Row.Version, Row.Revision) = (version.Name, version.Version, revision);
        await TakeAsync(server);
        Watch(server);
        if (before is not null) await before.DrainAsync(site.Time);
        await site.SweepAsync(Row.Name, revision);
    }

    private Task TakeAsync(ServerProcess server)
    {
        _server = server;
        return SayAsync(DeploymentStatus.Ready, null);
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
                    await SayAsync(DeploymentStatus.Starting, $"The model server ended and is started again. Its last words: {server.LastWords()}");
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
            await TakeAsync(server);
            return server;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            await SayAsync(DeploymentStatus.Starting, failure.Message);
            return null;
        }
    }

    private async Task SayAsync(DeploymentStatus status, string? message)
    {
        await _saving.WaitAsync();
        try
        {
            (Row.Status, Row.Message) = (status, message);
            await save(Row);
        }
        finally
        {
            _saving.Release();
        }
    }
}
