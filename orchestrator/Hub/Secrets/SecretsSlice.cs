using Flows.Contract.Secrets;
using Flows.Hub.Access;
using Flows.Hub.Audit;
using Flows.Hub.Models;
using Flows.Hub.Storage;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Flows.Hub.Secrets;

/// <summary>Secrets of projects: written, named, used by steps, never read back.</summary>
public static class SecretsSlice
{
    private const int Longest = 32_768;

    public static IServiceCollection AddSecrets(this IServiceCollection services, DataFolder data, HubOptions options)
    {
        services.AddOptionsWithValidateOnStart<SecretsOptions>().BindConfiguration("Secrets").ValidateDataAnnotations();
        return services.AddKeyRing(data, options)
            .AddSingleton<SecretStore>()
            .AddSingleton<OutsideSecrets>()
            .AddSingleton<ProjectSecrets>()
            .AddSingleton<ISecrets>(provider => provider.GetRequiredService<ProjectSecrets>())
            .AddSingleton<SecretDigests>()
            .AddSingleton<SecretProblems>();
    }

    public static IEndpointRouteBuilder MapSecrets(this IEndpointRouteBuilder routes)
    {
        var secrets = routes.MapGroup("/api/secrets").WithTags("secrets");
        secrets.MapGet("", async (ProjectSecrets all, CancellationToken cancellation) => TypedResults.Ok(await all.ListAsync(Origin.Asked.ProjectId, cancellation))).Needs(Role.Viewer, Thing.Chosen);
        secrets.MapPut("/{name}", PutAsync).Needs(Role.Operator, Thing.Chosen);
        secrets.MapDelete("/{name}", DeleteAsync).Needs(Role.Operator, Thing.Chosen);
        return routes;
    }

    private static async Task<NoContent> PutAsync(string name, SecretValue body, SecretStore secrets, HttpContext http, CancellationToken cancellation)
    {
        if (!SecretUse.IsName(name)) throw new RequestFault($"A secret's name is {SecretUse.NameRule}.");
        var length = body.Value?.Length ?? 0;
        if (length is < SecretMask.Shortest or > Longest) throw new RequestFault($"A secret has {SecretMask.Shortest} to {Longest} characters: a shorter one could not be kept out of logs, since it would be found in ordinary words.");
        var audited = AuditedRequest.Of(http);
        await secrets.PutAsync(Origin.Asked.ProjectId, name, body.Value!, audited.Entry(StatusCodes.Status204NoContent), cancellation);
        audited.IsRecorded = true;
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(string name, SecretStore secrets, HttpContext http, CancellationToken cancellation)
    {
        var audited = AuditedRequest.Of(http);
        if (!await secrets.DeleteAsync(Origin.Asked.ProjectId, name, audited.Entry(StatusCodes.Status204NoContent), cancellation)) return Problems.NotFound($"The project has no secret '{name}' of its own.");
        audited.IsRecorded = true;
        return TypedResults.NoContent();
    }
}
