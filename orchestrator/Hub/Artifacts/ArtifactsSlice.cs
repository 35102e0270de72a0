using Flows.Contract.Artifacts;
using Flows.Hub.Access;
using Flows.Hub.Artifacts.Collection;
using Flows.Hub.Artifacts.S3;
using Flows.Hub.Audit;

namespace Flows.Hub.Artifacts;

/// <summary>Artifacts over HTTP: read (whole, in ranges, a file of a folder), store, preview.</summary>
public static class ArtifactsSlice
{
    /// <param name="data">The hub's data folder.</param>
    /// <param name="address">An <c>s3://…</c> address or a folder, which several servers may share; null looks into the configuration's <c>Artifacts:S3</c>, else keeps artifacts in the data folder.</param>
    /// <exception cref="ArtifactsFault">Every mistake in address or configuration.</exception>
    public static IServiceCollection AddArtifacts(this IServiceCollection services, string data, string? address, IConfiguration configuration)
    {
        if (address is not null && !address.Contains("://", StringComparison.Ordinal)) return services.AddArtifacts(data, address);
        var bucket = address is not null ? S3Address.Parse(address) : configuration.GetSection("Artifacts:S3").Get<S3Options>() is { } configured ? S3Address.Checked(configured) : null;
        if (bucket is not null) services.AddSingleton(_ => new S3Bucket(bucket));
        return services.AddArtifacts(data, Path.Combine(data, "artifacts"));
    }

    /// <summary>Fails, with a sentence for people, when the store cannot be used.</summary>
    /// <exception cref="ArtifactsFault">No such bucket, no access, nobody answers.</exception>
    public static void OpenArtifacts(this IServiceProvider services)
    {
        try
        {
            services.GetService<S3Bucket>()?.CheckAsync(CancellationToken.None).GetAwaiter().GetResult();
            services.GetRequiredService<ArtifactRecords>().AdoptAsync(services.GetRequiredService<ArtifactStore>(), CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (ArtifactException cannot) { throw new ArtifactsFault(cannot.Message, cannot); }
    }

    private static IServiceCollection AddArtifacts(this IServiceCollection services, string data, string folder) => services
        .AddSingleton(provider => new ArtifactStore(folder, provider.GetService<S3Bucket>(), provider.GetRequiredService<TimeProvider>()) 
        {
            Stored = provider.GetRequiredService<ArtifactRecords>().KeepAsync,
            MayRead = provider.GetRequiredService<ArtifactRecords>().IsSeenAsync,
        })
        .AddSingleton<ArtifactRecords>()
        .AddSingleton<NamedDigests>()
        .AddSingleton<ArtifactCollection>()
        .AddSingleton<IArtifacts>(provider => provider.GetRequiredService<ArtifactStore>())
        .AddSingleton(provider => new ArtifactPreviews(provider.GetRequiredService<ArtifactStore>(), Path.Combine(data, "work", "previews")));

    public static IEndpointRouteBuilder MapArtifacts(this IEndpointRouteBuilder routes)
    {
        var artifact = new RecordedArtifact("sha256");
        var artifacts = routes.MapGroup("/api/artifacts").WithTags("artifacts").AddEndpointFilter(ArtifactErrors.AsProblem);
        artifacts.MapMethods("/{sha256}", [HttpMethods.Get, HttpMethods.Head], ArtifactEndpoints.ReadAsync).Needs(Role.Viewer, artifact, orStep: true);
        artifacts.MapMethods("/{sha256}/{**path}", [HttpMethods.Get, HttpMethods.Head], ArtifactEndpoints.ReadInFolderAsync).Needs(Role.Viewer, artifact, orStep: true);
        artifacts.MapPut("/{sha256}", ArtifactEndpoints.PutAsync).Needs(Role.Editor, Thing.Chosen, orStep: true).NotAudited("bytes by their digest, mostly from runners: what they become part of is recorded");
        artifacts.MapPost("", ArtifactEndpoints.UploadAsync).Needs(Role.Editor, Thing.Chosen, orStep: true);
        artifacts.MapPost("/collect", CollectionEndpoints.CollectAsync).ForAdministrators().Audited("artifacts.collect");
        artifacts.MapPost("/verify", CollectionEndpoints.VerifyAsync).ForAdministrators().NotAudited("it only reads");
        routes.MapGet("/api/previews/{sha256}", ArtifactEndpoints.PreviewAsync).Needs(Role.Viewer, artifact).WithTags("artifacts").AddEndpointFilter(ArtifactErrors.AsProblem);
        return routes;
    }
}
