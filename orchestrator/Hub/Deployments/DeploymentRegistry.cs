using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Models;
using Flows.Hub.Models;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Deployments;

/// <summary>Every deployment of this hub; each is a model server process of this machine behind <c>/serve/{name}</c>.</summary>
internal sealed class DeploymentRegistry(IDbContextFactory<FlowsDb> databases, DeploymentSite site) : IDeployments, IHostedService, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, LiveDeployment> _live = [];
    private readonly CancellationTokenSource _ending = new();
    private Task _resuming = Task.CompletedTask;

    /// <summary>The deployment, also one that another orchestrator has made a moment ago.</summary>
    public async Task<LiveDeployment?> FindAsync(string name, CancellationToken cancellation)
    {
        if (!_live.ContainsKey(name) && site.IsShared && await KeptAsync(name, cancellation) is not null) await FollowAsync(cancellation);
        return _live.GetValueOrDefault(name) is { } live && Sight.Current.Sees(live.Row) ? live : null;
    }

    public async Task<IReadOnlyList<Deployment>> ListAsync(CancellationToken cancellation)
    {
        var found = new List<Deployment>();
        foreach (var live in _live.Values.Where(live => Sight.Current.Sees(live.Row)).OrderBy(live => live.Row.Name, StringComparer.Ordinal)) found.Add(await DescribeAsync(live, cancellation));
        return found;
    }

    public Task<Deployment> DeployAsync(DeploymentRequest request, CancellationToken cancellation = default) => DeployAsync(request, Origin.Asked, cancellation);

    public async Task<Deployment> DeployAsync(DeploymentRequest request, Origin origin, CancellationToken cancellation)
    {
        ResourceNames.Require("deployment", request.Name);
        var version = await site.VersionAsync(request.Model, request.Version, origin.ProjectId, cancellation);
        if (version.Model.Facts is null) throw new ActivityFault($"Version {version.Version} of model \"{version.Name}\" has no facts (format, task, features), so nothing can serve it.");
        if (!request.AllowQuarantined && await site.QuarantineOf(version, cancellation) is { } bad)
            throw new ActivityFault($"Version {version.Version} of model \"{version.Name}\" is in quarantine: {bad} Whoever wants it all the same says so (allowQuarantined).");
        var live = _live.GetOrAdd(request.Name, name => Live(NewRow(request, version, origin), isKept: false));
        if (live.Row.ProjectId != origin.ProjectId) throw new ActivityFault($"The name \"{request.Name}\" is taken by another project.");
        if (request.Environment is { } environment && environment != live.Row.Environment)
            throw new ActivityFault($"Deployment \"{request.Name}\" is in environment '{live.Row.Environment}' and stays there: choose another name for '{environment}'.");
        await live.ServeAsync(version, cancellation);
        await site.Periods.NoteAsync(live.Row, origin);
        return await DescribeAsync(live, cancellation);
    }

    public async Task<JsonNode?> AskAsync(string deployment, string route, JsonNode body, CancellationToken cancellation = default)
    {
        if (await FindAsync(deployment, cancellation) is not { } live) throw new ActivityFault($"There is no deployment \"{deployment}\".");
        if (live.Server is not { Address: { } address } server) throw new ActivityFault($"Deployment \"{deployment}\" is {live.Status}: {live.Row.Message}");
        var since = site.Time.GetTimestamp();
        var status = 503;
        server.Enter();
        try
        {
            using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
            using var response = await site.Http.PostAsync(new Uri(address, route), content, cancellation);
            status = (int)response.StatusCode;
            var answer = await response.Content.ReadAsStringAsync(cancellation);
            return response.IsSuccessStatusCode ? JsonNode.Parse(answer) : throw new ActivityFault($"Deployment \"{deployment}\" answered {status}: {Reason(answer)}");
        }
        catch (HttpRequestException failure)
        {
            throw new ActivityFault($"Deployment \"{deployment}\" does not answer: {failure.Message}", failure);
        }
        finally
        {
            server.Leave();
            live.Traffic.Count(status, site.Time.GetElapsedTime(since));
        }
    }

    public async Task<Deployment> DescribeAsync(LiveDeployment live, CancellationToken cancellation)
    {
        var row = live.Row;
        var version = await VersionOrNullAsync(row, cancellation);
        return new Deployment(row.Name, row.Model, row.Version, live.Status)
        {
            Path = $"/serve/{row.Name}",
            Environment = row.Environment,
            Message = row.Message,
            Revision = row.Revision,
            Quarantine = version is null ? null : await site.QuarantineOf(version, cancellation),
            Stats = live.Traffic.Read(),
            Example = ModelFacts.From(version?.Model.Facts)?.Example is { } example ? new JsonObject { ["instances"] = new JsonArray(example.DeepClone()) } : null,
            ProjectId = row.ProjectId,
            Author = row.Author,
            CreatedAt = row.CreatedAt,
        };
    }

    /// <summary>Stops the model server; the deployment stays and can be started again by deploying.</summary>
    public async Task StopAsync(LiveDeployment live)
    {
        await live.StopAsync(DeploymentStatus.Stopped);
        await site.Periods.NoteAsync(live.Row);
    }

    public async Task DeleteAsync(LiveDeployment live)
    {
        await live.StopAsync(DeploymentStatus.Stopped);
        _live.TryRemove(live.Row.Name, out _);
        await site.Periods.EndAsync(live.Row);
        await using var db = await databases.CreateDbContextAsync();
        await db.Set<DeploymentRow>().Where(row => row.Name == live.Row.Name).ExecuteDeleteAsync();
        await site.SweepAsync(live.Row.Name, keep: null);
    }

    public async Task StartAsync(CancellationToken cancellation)
    {
        foreach (var row in await KeptAsync(cancellation))
        {
            _live[row.Name] = Live(row, isKept: true);
            // Deployed before periods were kept, or the server died before it could.
            if (row.IsWanted) await site.Periods.NoteAsync(row);
        }
        // Not awaited: a model that takes a minute to load does not hold up the hub.
        _resuming = ResumeAsync();
    }

    /// <summary>A graceful end of the hub takes its model servers along; after a crash they run on and are found again.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        await _ending.CancelAsync();
        await _resuming;
        await Task.WhenAll(_live.Values.Select(live => live.StopAsync(status: null)));
    }

    /// <summary>A program that fails without stopping its host leaves no model server either.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None);

    private async Task ResumeAsync()
    {
        foreach (var name in RevisionFolder.Names(site.Root).Except(_live.Keys).ToList()) await site.SweepAsync(name, keep: null);
        try
        {
            await Task.WhenAll(_live.Values.Where(live => live.Row.IsWanted).Select(live => live.ResumeAsync(_ending.Token)));
        }
        catch (OperationCanceledException)
        {
            // The hub ends before everything was up.
        }
    }

    /// <summary>Brings this orchestrator to what the others have deployed, replaced, stopped and deleted.</summary>
    public async Task FollowAsync(CancellationToken cancellation)
    {
        var kept = (await KeptAsync(cancellation)).ToDictionary(row => row.Name);
        foreach (var row in kept.Values.Where(row => row.IsWanted && !_live.ContainsKey(row.Name)))
        {
            var live = Live(row, isKept: true);
            if (_live.TryAdd(row.Name, live)) await live.ResumeAsync(_ending.Token);
        }
        await Task.WhenAll(_live.Values.Where(live => live.Differs(kept.GetValueOrDefault(live.Row.Name))).Select(live => FollowAsync(live, cancellation)));
    }

    private async Task FollowAsync(LiveDeployment live, CancellationToken cancellation)
    {
        if (await live.FollowAsync(() => KeptAsync(live.Row.Name, cancellation), cancellation)) return;
        _live.TryRemove(live.Row.Name, out _);
        await site.SweepAsync(live.Row.Name, keep: null);
    }

    private async Task<List<DeploymentRow>> KeptAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        // Model servers are the whole machine's, whoever asks.
        return await db.Set<DeploymentRow>().IgnoreQueryFilters().AsNoTracking().ToListAsync(cancellation);
    }

    private async Task<DeploymentRow?> KeptAsync(string name, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Set<DeploymentRow>().IgnoreQueryFilters().AsNoTracking().FirstOrDefaultAsync(row => row.Name == name, cancellation);
    }

    private LiveDeployment Live(DeploymentRow row, bool isKept) => new(row, site, SaveAsync, isKept);

    private DeploymentRow NewRow(DeploymentRequest request, ModelVersion version, Origin origin) => new()
    {
        Name = request.Name,
        Environment = request.Environment ?? DeploymentEnvironment.Default,
        ProjectId = origin.ProjectId,
        Author = origin.Author,
        Model = version.Name,
        Version = version.Version,
        Status = DeploymentStatus.Starting,
        CreatedAt = site.Time.GetUtcNow(),
    };

    private async Task SaveAsync(DeploymentRow row)
    {
        await using var db = await databases.CreateDbContextAsync();
        db.Entry(row).State = await db.Set<DeploymentRow>().IgnoreQueryFilters().AnyAsync(known => known.Name == row.Name) ? EntityState.Modified : EntityState.Added;
        await db.SaveChangesAsync();
    }

    private async Task<ModelVersion?> VersionOrNullAsync(DeploymentRow row, CancellationToken cancellation)
    {
        try
        {
            return await site.VersionAsync(row.Model, row.Version, row.ProjectId, cancellation);
        }
        catch (ActivityFault)
        {
            return null;
        }
    }

    private static string Reason(string answer)
    {
        try
        {
            return JsonNode.Parse(answer) is JsonObject json && (json["error"] ?? json["message"]) is JsonValue reason ? reason.ToString() : answer;
        }
        catch (JsonException)
        {
            return answer;
        }
    }
}
