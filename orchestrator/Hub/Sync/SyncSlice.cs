using System.Globalization;
using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Models;
using Flows.Contract.Runs;
using Flows.Hub.Access;
using Flows.Hub.Audit;
using Flows.Hub.Deployments;
using Flows.Hub.Deployments.Environments;
using Flows.Hub.Storage;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Flows.Hub.Sync;

/// <summary>Runs that were recorded on another machine, by the SDK or by a laptop's own server, come to this one.</summary>
public static class SyncSlice
{
    private const long MostBytes = 64 << 20;

    public static IServiceCollection AddSync(this IServiceCollection services) => services.AddSingleton<RecordedRuns>();

    public static IEndpointRouteBuilder MapSync(this IEndpointRouteBuilder routes)
    {
        routes.MapPut("/api/sync/runs/{id}", PutAsync).Needs(Role.Editor, Thing.Chosen).Audited("run.sync").WithTags("sync");
        return routes;
    }

    /// <summary>Keeps a <see cref="RecordedRun"/>, or brings it up to date.</summary>
    private static async Task<Ok<RecordedTaken>> PutAsync(string id, HttpRequest request, RecordedRuns runs, IDeployments deployments, CancellationToken cancellation)
    {
        var run = JsonSerializer.Deserialize<RecordedRun>(await LimitedBody.ReadAsync(request, MostBytes, cancellation), ContractJson.Options) ?? throw new RequestFault("The body is no run.");
        // Before anything is kept: who may not deploy publishes without it.
        if (run.Publish?.Deploy == true) await EnvironmentRules.RequireAsync(request.HttpContext, null, null);
        var taken = await runs.TakeAsync(id, run, cancellation);
        if (run.Publish?.Deploy == true) await DeployAsync(request.HttpContext, taken.Models, (DeploymentRegistry)deployments, cancellation);
        return TypedResults.Ok(taken);
    }

    // What is synced again is not deployed again; and somebody may have deployed a later version since.
    private static async Task DeployAsync(HttpContext http, IReadOnlyList<string> models, DeploymentRegistry deployments, CancellationToken cancellation)
    {
        foreach (var (name, version) in models.Select(model => (model.Split(' ')[0], int.Parse(model.Split(' ')[1], CultureInfo.InvariantCulture))))
        {
            if (await deployments.FindAsync(name, cancellation) is { } live && live.Row.Version >= version) continue;
            await deployments.DeployAsync(new DeploymentRequest(name, name, version) { Environment = await EnvironmentRules.RequireAsync(http, name, null) }, cancellation);
        }
    }
}
