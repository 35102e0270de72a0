using Flows.Contract.Activities;
using Flows.Contract.Models;
using Flows.Contract.Provenance.Graphs;
using Flows.Hub.Access;
using Flows.Hub.Artifacts;
using Flows.Hub.Provenance.Quarantine;
using Flows.Hub.Runners;
using Flows.Hub.Web;

namespace Flows.Hub.Models;

/// <summary>The model library over HTTP.</summary>
public static class ModelsSlice
{
    public static IServiceCollection AddModels(this IServiceCollection services) => services
        .AddSingleton<ModelRegistry>()
        .AddSingleton<IModels>(provider => provider.GetRequiredService<ModelRegistry>())
        .AddSingleton<Func<StepIdentity, IModels>>(provider => step => new StepModels(provider.GetRequiredService<ModelRegistry>(), Origin.Of(step)));

    public static IEndpointRouteBuilder MapModels(this IEndpointRouteBuilder routes)
    {
        var models = routes.MapGroup("/api/models").WithTags("models");
        models.MapGet("", (ModelRegistry registry, CancellationToken cancellation) => registry.ListAsync(Origin.Asked.ProjectId, cancellation)).Needs(Role.Viewer, Thing.Chosen);
        models.MapPost("", RegisterAsync).Needs(Role.Editor, Thing.Chosen);
        models.MapGet("/{name}", VersionsAsync).Needs(Role.Viewer, Thing.Chosen);
        models.MapGet("/{name}/versions/{version}", FindAsync).Needs(Role.Viewer, Thing.Chosen);
        models.MapPut("/{name}/aliases/{alias}", SetAliasAsync).Needs(Role.Operator, Thing.Chosen);
        return routes;
    }

    private static async Task<IResult> RegisterAsync(ModelRegistration registration, ModelRegistry registry, ArtifactStore artifacts, CancellationToken cancellation)
    {
        if (registration.Model is { Sha256.Length: 64 } model && !await artifacts.HasAsync(model.Sha256, cancellation))
            throw new ActivityFault($"There is no artifact {model.Sha256}: upload the model first.");
        var version = await registry.RegisterAsync(registration, cancellation);
        return TypedResults.Created($"/api/models/{version.Name}/versions/{version.Version}", version);
    }

    private static async Task<IResult> VersionsAsync(string name, ModelRegistry registry, Quarantines quarantines, CancellationToken cancellation)
    {
        if (await registry.VersionsAsync(name, Origin.Asked.ProjectId, cancellation) is not { Count: > 0 } versions) return Problems.NotFound($"There is no model \"{name}\".");
        var held = await quarantines.ReasonsAsync(TraceKinds.ModelVersion, Origin.Asked.ProjectId, cancellation);
        return TypedResults.Ok(versions.Select(version => version with { Quarantine = held.GetValueOrDefault($"{name}:{version.Version}") }));
    }

    /// <param name="version">A number, <c>latest</c> or an alias.</param>
    private static async Task<IResult> FindAsync(string name, string version, ModelRegistry registry, Quarantines quarantines, CancellationToken cancellation)
    {
        var project = Origin.Asked.ProjectId;
        var found = version == "latest" ? await registry.FindAsync(name, null, project, cancellation)
            : int.TryParse(version, out var number) ? await registry.FindAsync(name, number, project, cancellation)
            : await registry.FindByAliasAsync(name, version, project, cancellation);
        if (found is null) return Problems.NotFound($"Model \"{name}\" has no version \"{version}\".");
        var held = await quarantines.ReasonsAsync(TraceKinds.ModelVersion, project, cancellation);
        return TypedResults.Ok(found with { Quarantine = held.GetValueOrDefault($"{found.Name}:{found.Version}") });
    }

    private static async Task<IResult> SetAliasAsync(string name, string alias, AliasRequest request, ModelRegistry registry, CancellationToken cancellation) =>
        await registry.SetAliasAsync(name, request.Version, alias, Origin.Asked.ProjectId, cancellation) is { } version
            ? TypedResults.Ok(version)
            : Problems.NotFound($"Model \"{name}\" has no version {request.Version}.");
}

/// <summary>Body of <c>PUT /api/models/{name}/aliases/{alias}</c>.</summary>
public sealed record AliasRequest(int Version);
