using Flows.Contract.Models;
using Flows.Hub.Access;
using Flows.Hub.Storage;
using Flows.Hub.Web;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Deployments.Environments;

/// <summary>The environments of projects, and whether somebody may change what is deployed in one.</summary>
public sealed class EnvironmentBook(IDbContextFactory<FlowsDb> databases)
{
    /// <summary>All of a project; the default one is always among them.</summary>
    public async Task<IReadOnlyList<DeploymentEnvironment>> ListAsync(string projectId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var kept = await db.Set<EnvironmentRow>().IgnoreQueryFilters().AsNoTracking().Where(row => row.ProjectId == projectId).ToListAsync(cancellation);
        var all = kept.Select(row => row.ToContract()).ToList();
        if (all.All(one => one.Name != DeploymentEnvironment.Default)) all.Add(new DeploymentEnvironment(DeploymentEnvironment.Default, DeploymentEnvironment.DefaultRole, []));
        return [.. all.OrderBy(one => one.Name, StringComparer.Ordinal)];
    }

    /// <summary>The environments that a change is about, the last of them where it shall be made: what is said, else where the deployment of that name is, else the default.</summary>
    public async Task<IReadOnlyList<string>> AboutAsync(string projectId, string? deployment, string? said, CancellationToken cancellation) =>
        [.. new[] { await WhereAsync(projectId, deployment, cancellation), said }.OfType<string>().DefaultIfEmpty(DeploymentEnvironment.Default).Distinct()];

    /// <exception cref="RequestFault">404: the project has none of that name. 403: it takes another role.</exception>
    public async Task RequireAsync(string projectId, IReadOnlyList<string> about, Standing who, CancellationToken cancellation)
    {
        var all = await ListAsync(projectId, cancellation);
        foreach (var name in about)
        {
            var found = all.FirstOrDefault(one => one.Name == name)
                ?? throw new RequestFault($"Project '{projectId}' has no environment '{name}'; it has: {string.Join(", ", all.Select(one => one.Name))}.", StatusCodes.Status404NotFound);
            if (!who.May(found)) throw new RequestFault(found.Refusal(who.Role), StatusCodes.Status403Forbidden);
        }
    }

    private async Task<string?> WhereAsync(string projectId, string? deployment, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Set<DeploymentRow>().IgnoreQueryFilters().Where(row => row.Name == deployment && row.ProjectId == projectId).Select(row => row.Environment).FirstOrDefaultAsync(cancellation);
    }
}

internal static class MayDeploy
{
    /// <summary>By the role in the project, or by name; a program is nobody whom an environment names.</summary>
    public static bool May(this Standing who, DeploymentEnvironment environment) => who.Role is { } role && (role >= environment.Role || who.IsPerson
        && (environment.People.Contains(who.Name, StringComparer.OrdinalIgnoreCase) || environment.Groups.Intersect(who.Groups).Any()));
}
