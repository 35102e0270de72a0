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
        .AddSingleton<DataSetAliases>()
        .AddSingleton<DataSetRetention>()
        .AddHostedService<DataSetRounds>()
        .AddSingleton(provider => new DataSetComparison(provider.GetRequiredService<ArtifactStore>(), provider.GetRequiredService<ArtifactPreviews>(), Path.Combine(provider.GetRequiredService<Storage.DataFolder>().Path, "work", "comparisons")))
        .AddSingleton<Func<StepIdentity, IDataSets>>(provider => step => new StepDataSets(provider.GetRequiredService<DataSetRegistry>(), Origin.Of(step)));

    public static IEndpointRouteBuilder MapDataSets(this IEndpointRouteBuilder routes)
    {
        var sets = routes.MapGroup("/api/datasets").WithTags("datasets");
        sets.MapGet("", (DataSetRegistry registry, CancellationToken cancellation) => registry.ListAsync(Origin.Asked.ProjectId, cancellation)).Needs(Role.Viewer, Thing.Chosen);
        sets.MapPost("", RegisterAsync).Needs(Role.Editor, Thing.Chosen).Audited(Registration);
        sets.MapGet("/{name}", VersionsAsync).Needs(Role.Viewer, Thing.Chosen);
        sets.MapGet("/{name}/versions/{version}", FindAsync).Needs(Role.Viewer, Thing.Chosen);
        sets.MapGet("/{name}/difference", DataSetEndpoints.DifferenceAsync).Needs(Role.Viewer, Thing.Chosen).AddEndpointFilter(ArtifactErrors.AsProblem).WithSummary("What is not the same in two versions: columns, figures of columns, rows.");
        sets.MapPut("/{name}/aliases/{alias}", DataSetEndpoints.SetAliasAsync).Needs(Role.Editor, Thing.Chosen).WithSummary("Points an alias at a version, taking it from another one.");
        sets.MapDelete("/{name}/aliases/{alias}", DataSetEndpoints.RemoveAliasAsync).Needs(Role.Editor, Thing.Chosen).WithSummary("Takes an alias away.");
        sets.MapGet("/{name}/retention", DataSetEndpoints.RetentionAsync).Needs(Role.Viewer, Thing.Chosen).WithSummary("How long versions are kept, and which would go now.");
        sets.MapPut("/{name}/retention", DataSetEndpoints.KeepAsync).Needs(Role.Operator, Thing.Chosen).WithSummary("Says how long versions are kept.");
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

    private static async Task<Results<Ok<IReadOnlyList<DataSetVersion>>, ProblemHttpResult>> VersionsAsync(string name, DataSetRegistry registry, DataSetAliases aliases, CancellationToken cancellation) =>
        await registry.VersionsAsync(name, Origin.Asked.ProjectId, cancellation) is { Count: > 0 } versions ? TypedResults.Ok(await aliases.NamedAsync(versions, cancellation)) : Problems.NotFound($"There is no data set \"{name}\".");

    /// <param name="version">A number, an alias or <c>latest</c>.</param>
    private static async Task<Results<Ok<DataSetVersion>, ProblemHttpResult>> FindAsync(string name, string version, DataSetRegistry registry, DataSetAliases aliases, CancellationToken cancellation) =>
        await aliases.FindAsync(registry, name, version, Origin.Asked.ProjectId, cancellation) is { } found ? TypedResults.Ok((await aliases.NamedAsync([found], cancellation))[0]) : Problems.NotFound($"The data set \"{name}\" has no version \"{version}\".");
}
