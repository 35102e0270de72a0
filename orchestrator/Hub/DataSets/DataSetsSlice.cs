using System.Globalization;
using Flows.Contract.Activities;
using Flows.Contract.DataSets;
using Flows.Hub.Access;
using Flows.Hub.Artifacts;
using Flows.Hub.Audit;
using Flows.Hub.Models;
using Flows.Hub.Runners;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Flows.Hub.DataSets;

/// <summary>A project's data sets, by name and in numbered versions.</summary>
public static class DataSetsSlice
{
    /// <summary>What a registration is called in the audit log, whoever asks for it.</summary>
    internal const string Registration = "dataset.register";

    public static IServiceCollection AddDataSets(this IServiceCollection services) => services
        .AddSingleton<DataSetRegistry>()
        .AddSingleton<Func<StepIdentity, IDataSets>>(provider => step => new StepDataSets(provider.GetRequiredService<DataSetRegistry>(), Origin.Of(step)));

    public static IEndpointRouteBuilder MapDataSets(this IEndpointRouteBuilder routes)
    {
        var sets = routes.MapGroup("/api/datasets").WithTags("datasets");
        sets.MapGet("", (DataSetRegistry registry, CancellationToken cancellation) => registry.ListAsync(Origin.Asked.ProjectId, cancellation)).Needs(Role.Viewer, Thing.Chosen);
        sets.MapPost("", RegisterAsync).Needs(Role.Editor, Thing.Chosen).Audited(Registration);
        sets.MapGet("/{name}", VersionsAsync).Needs(Role.Viewer, Thing.Chosen);
        sets.MapGet("/{name}/versions/{version}", FindAsync).Needs(Role.Viewer, Thing.Chosen);
        return routes;
    }

    /// <summary>201 for a new version, 200 for content that the newest one has already.</summary>
    private static async Task<Results<Created<DataSetVersion>, Ok<DataSetVersion>>> RegisterAsync(DataSetRegistration registration, DataSetRegistry registry, ArtifactStore artifacts, HttpContext http, CancellationToken cancellation)
    {
        if (registration.Data is { Sha256.Length: 64 } data && !await artifacts.HasAsync(data.Sha256, cancellation)) throw new ActivityFault($"There is no artifact {data.Sha256}: upload the data first.");
        var version = await registry.RegisterAsync(registration, Origin.Asked);
        AuditedRequest.Of(http).Note("dataset", $"{version.Name} {version.Version}");
        return version.IsNew ? TypedResults.Created($"/api/datasets/{version.Name}/versions/{version.Version}", version) : TypedResults.Ok(version);
    }

    private static async Task<Results<Ok<IReadOnlyList<DataSetVersion>>, ProblemHttpResult>> VersionsAsync(string name, DataSetRegistry registry, CancellationToken cancellation) =>
        await registry.VersionsAsync(name, Origin.Asked.ProjectId, cancellation) is { Count: > 0 } versions ? TypedResults.Ok(versions) : Problems.NotFound($"There is no data set \"{name}\".");

    /// <param name="version">A number or <c>latest</c>.</param>
    private static async Task<Results<Ok<DataSetVersion>, ProblemHttpResult>> FindAsync(string name, string version, DataSetRegistry registry, CancellationToken cancellation)
    {
        int? number = int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : null;
        var found = number is not null || version == "latest" ? await registry.FindAsync(name, number, Origin.Asked.ProjectId, cancellation) : null;
        return found is null ? Problems.NotFound($"The data set \"{name}\" has no version \"{version}\".") : TypedResults.Ok(found);
    }
}
