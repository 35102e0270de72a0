using Flows.Hub.Access.Projects;
using Flows.Hub.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Access;

internal static class MeEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/me", FindAsync).ForSignedIn().WithTags("access");

    private static async Task<Ok<Me>> FindAsync(HttpContext http, AccessMode mode, IDbContextFactory<FlowsDb> databases, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var actor = http.Actor();
        return TypedResults.Ok(new Me(actor.Name, actor.IsAdministrator, mode.IsLocal ? "local" : "accounts", await ProjectEndpoints.OfAsync(actor, db, cancellation)));
    }
}
