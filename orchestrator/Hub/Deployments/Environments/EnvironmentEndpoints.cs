using Flows.Contract.Models;
using Flows.Hub.Access;
using Flows.Hub.Access.People;
using Flows.Hub.Access.Projects;
using Flows.Hub.Storage;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Deployments.Environments;

internal static class EnvironmentEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var environments = routes.MapGroup("/api/environments").WithTags("deployments");
        environments.MapGet("", ListAsync).Needs(Role.Viewer, Thing.Chosen);
        environments.MapPut("/{environment}", SaveAsync).Needs(Role.Owner, Thing.Chosen);
        environments.MapDelete("/{environment}", DeleteAsync).Needs(Role.Owner, Thing.Chosen);
    }

    /// <summary>Environments of the project, and whether one may deploy there.</summary>
    private static async Task<Ok<IReadOnlyList<DeploymentEnvironment>>> ListAsync(HttpContext http, EnvironmentBook book, CancellationToken cancellation)
    {
        var project = Sight.Current.ProjectId;
        var asker = Standing.Of(http.Actor(), project);
        return TypedResults.Ok<IReadOnlyList<DeploymentEnvironment>>([.. (await book.ListAsync(project, cancellation)).Select(one => one with { MayDeploy = asker.May(one) })]);
    }

    /// <summary>Makes an environment, or says anew who may deploy there.</summary>
    private static async Task<Ok<DeploymentEnvironment>> SaveAsync(string environment, EnvironmentRequest asked, IDbContextFactory<FlowsDb> databases, CancellationToken cancellation)
    {
        if (!PlainName.Is(environment)) throw new RequestFault("An environment's name is 1 to 60 lower-case letters, digits and dashes.");
        if (asked.Role is < Role.Editor or > Role.Owner) throw new RequestFault("Deploying somewhere takes the role editor, operator or owner.");
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var people = await MembersAsync(db, asked.People ?? [], cancellation);
        var project = Sight.Current.ProjectId;
        var row = await db.Set<EnvironmentRow>().FindAsync([project, environment], cancellation) ?? db.Add(new EnvironmentRow { Name = environment, ProjectId = project }).Entity;
        (row.Role, row.People, row.Groups) = (asked.Role, people, [.. (asked.Groups ?? []).Select(group => group.Trim()).Where(group => group.Length > 0).Distinct().Order(StringComparer.Ordinal)]);
        await db.SaveChangesAsync(cancellation);
        return TypedResults.Ok(row.ToContract());
    }

    // A name that is mistyped would let nobody in, and somebody of that name later.
    private static async Task<List<string>> MembersAsync(FlowsDb db, IReadOnlyList<string> asked, CancellationToken cancellation)
    {
        var wanted = asked.Select(name => name.Trim().ToUpperInvariant()).ToList();
        var known = await db.Set<PersonRow>().AsNoTracking().Where(row => row.ClosedAt == null && wanted.Contains(row.NormalizedName)).Select(row => row.Name).ToListAsync(cancellation);
        return asked.FirstOrDefault(name => !known.Contains(name.Trim(), StringComparer.OrdinalIgnoreCase)) is { } unknown
            ? throw new RequestFault($"There is nobody called '{unknown}'.", StatusCodes.Status404NotFound)
            : [.. known.Order(StringComparer.Ordinal)];
    }

    /// <summary>Takes an environment away in which nothing is deployed; of the default one, its rule.</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(string environment, IDbContextFactory<FlowsDb> databases, CancellationToken cancellation)
    {
        var project = Sight.Current.ProjectId;
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (environment != DeploymentEnvironment.Default && await db.Set<DeploymentRow>().AnyAsync(row => row.ProjectId == project && row.Environment == environment, cancellation))
            return Problems.Conflict($"Something is deployed in '{environment}': take that out of service first.");
        return await db.Set<EnvironmentRow>().Where(row => row.ProjectId == project && row.Name == environment).ExecuteDeleteAsync(cancellation) > 0
            ? TypedResults.NoContent()
            : Problems.NotFound($"Project '{project}' has no environment '{environment}' of its own.");
    }
}
