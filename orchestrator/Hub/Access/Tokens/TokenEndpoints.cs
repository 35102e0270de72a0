using Flows.Hub.Storage;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Access.Tokens;

internal static class TokenEndpoints
{
    private const int MostDays = 366;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var tokens = routes.MapGroup("/api/tokens").WithTags("access");
        tokens.MapGet("", ListAsync).ForSignedIn();
        tokens.MapPost("", CreateAsync).Needs(Role.Viewer, Thing.Chosen);
        tokens.MapDelete("/{id}", WithdrawAsync).ForSignedIn();
    }

    /// <summary>One's own, and those of projects that one owns. The tokens' texts are not kept.</summary>
    private static async Task<Ok<IReadOnlyList<TokenSummary>>> ListAsync(HttpContext http, IDbContextFactory<FlowsDb> databases, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = await db.Set<TokenRow>().AsNoTracking().OrderByDescending(row => row.CreatedAt).ToListAsync(cancellation);
        return TypedResults.Ok<IReadOnlyList<TokenSummary>>([.. rows.Where(row => IsIts(row, http.Actor())).Select(Summary)]);
    }

    /// <summary>The answer is the only place where the token's text is ever shown.</summary>
    private static async Task<Created<NewToken>> CreateAsync(TokenRequest asked, HttpContext http, IDbContextFactory<FlowsDb> databases, TimeProvider time, CancellationToken cancellation)
    {
        var (actor, project) = (http.Actor(), Sight.Current.ProjectId);
        Check(asked, actor, project);
        var (text, now) = (ApiToken.New(), time.GetUtcNow());
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var row = db.Add(new TokenRow
        {
            Id = Guid.NewGuid().ToString("N")[..16],
            Name = asked.Name!.Trim(),
            Digest = ApiToken.DigestOf(text),
            PersonId = asked.Service ? null : IdOf(actor),
            Role = asked.Role,
            CreatedAt = now,
            ExpiresAt = now.AddDays(asked.Days ?? 90),
        }).Entity;
        await db.SaveChangesAsync(cancellation);
        return TypedResults.Created($"/api/tokens/{row.Id}", new NewToken(text, Summary(row)));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> WithdrawAsync(string id, HttpContext http, IDbContextFactory<FlowsDb> databases, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (await db.Set<TokenRow>().FirstOrDefaultAsync(row => row.Id == id, cancellation) is not { } row || !IsIts(row, http.Actor())) return Problems.NotFound($"There is no token '{id}'.");
        db.Remove(row);
        await db.SaveChangesAsync(cancellation);
        return TypedResults.NoContent();
    }

    private static void Check(TokenRequest asked, Actor actor, string project)
    {
        if (IdOf(actor) is null) throw new RequestFault("A token cannot make tokens: sign in.", StatusCodes.Status403Forbidden);
        if (asked.Name?.Trim() is not { Length: > 0 and <= 100 } name || name.Any(char.IsControl)) throw new RequestFault("A token's name is 1 to 100 characters.");
        if (asked.Days is < 1 or > MostDays) throw new RequestFault($"A token is good for 1 to {MostDays} days.");
        if (asked.Role is < Role.Viewer or > Role.Owner) throw new RequestFault("A token's role is viewer, editor, operator or owner.");
        if (asked.Role > actor.RoleIn(project)) throw new RequestFault($"You have not the role {asked.Role.Word()} in project '{project}' yourself.", StatusCodes.Status403Forbidden);
        if (asked.Service && actor.RoleIn(project) < Role.Owner) throw new RequestFault("Only owners of the project make service tokens.", StatusCodes.Status403Forbidden);
    }

    private static bool IsIts(TokenRow row, Actor actor) => row.PersonId is { } owner && owner == IdOf(actor) || actor is not Actor.Token && actor.RoleIn(row.ProjectId) >= Role.Owner;

    private static string? IdOf(Actor actor) => actor switch { Actor.Local => People.PersonRow.Local, Actor.Person person => person.Id, _ => null };

    private static TokenSummary Summary(TokenRow row) => new(row.Id, row.Name, row.ProjectId, row.Role, row.PersonId is null, row.Author, row.CreatedAt, row.ExpiresAt, row.UsedAt);
}
