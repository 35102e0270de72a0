using Flows.Hub.Access.Projects;
using Flows.Hub.Storage;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Access.People;

internal static class PeopleEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var people = routes.MapGroup("/api/people").WithTags("access");
        people.MapGet("", ListAsync).ForAdministrators();
        people.MapPost("", CreateAsync).ForAdministrators();
        people.MapPut("/{name}", ChangeAsync).ForAdministrators();
        people.MapGet("/{name}/holdings", HoldingsAsync).ForAdministrators();
        people.MapPost("/{name}/close", CloseAsync).ForAdministrators();
    }

    internal static string Said(IdentityResult result) => string.Join(' ', result.Errors.Select(error => error.Description));

    private static async Task<Ok<IReadOnlyList<PersonSummary>>> ListAsync(IDbContextFactory<FlowsDb> databases, TimeProvider time, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var members = (await db.Set<MemberRow>().AsNoTracking().OrderBy(row => row.ProjectId).ToListAsync(cancellation)).ToLookup(row => (row.Kind, row.Member));
        return TypedResults.Ok<IReadOnlyList<PersonSummary>>([.. (await db.Set<PersonRow>().AsNoTracking().OrderBy(row => row.Name).ToListAsync(cancellation))
            .Select(row => Summary(row, time) with { Roles = [.. Roles(row, members)] })]);
    }

    private static IEnumerable<HeldRole> Roles(PersonRow person, ILookup<(MemberKind, string), MemberRow> members) =>
        members[(MemberKind.Person, person.Id)].Select(row => new HeldRole(row.ProjectId, row.Role, null))
            .Concat(person.Groups.SelectMany(group => members[(MemberKind.Group, group)].Select(row => new HeldRole(row.ProjectId, row.Role, group))));

    private static async Task<Created<PersonSummary>> CreateAsync(NewPerson asked, UserManager<PersonRow> people, TimeProvider time)
    {
        var person = new PersonRow { Name = asked.Name?.Trim() ?? "", IsAdministrator = asked.IsAdministrator, CreatedAt = time.GetUtcNow() };
        Demand(await people.CreateAsync(person, asked.Password ?? ""));
        return TypedResults.Created($"/api/people/{Uri.EscapeDataString(person.Name)}", Summary(person, time));
    }

    /// <summary>Whatever changes ends every session of theirs.</summary>
    private static async Task<Ok<PersonSummary>> ChangeAsync(string name, PersonChange asked, HttpContext http, PersonDesk desk, UserManager<PersonRow> people, TimeProvider time)
    {
        var person = await FindAsync(name, people);
        if (IsSelf(http, person) && (asked.IsAdministrator is false || asked.IsLocked is true)) throw new RequestFault("One's own account is locked, and its rights are taken away, by another administrator.", StatusCodes.Status409Conflict);
        await desk.ChangeAsync(person, asked);
        return TypedResults.Ok(Summary((await people.FindByIdAsync(person.Id))!, time));
    }

    private static async Task<Ok<Holdings>> HoldingsAsync(string name, UserManager<PersonRow> people, AccountClosing closing, CancellationToken cancellation) =>
        TypedResults.Ok(await closing.OfAsync(await FindAsync(name, people), cancellation));

    private static async Task<Ok<Holdings>> CloseAsync(string name, CloseRequest? asked, HttpContext http, UserManager<PersonRow> people, AccountClosing closing, CancellationToken cancellation)
    {
        var person = await FindAsync(name, people);
        if (IsSelf(http, person)) throw new RequestFault("One's own account is closed by another administrator.", StatusCodes.Status409Conflict);
        var heir = asked?.HandTo is { Length: > 0 } to ? await FindAsync(to, people) : null;
        if (heir is { ClosedAt: not null } || heir?.Id == person.Id) throw new RequestFault($"Nothing can be handed to '{asked!.HandTo}'.", StatusCodes.Status409Conflict);
        return TypedResults.Ok(await closing.CloseAsync(person, heir, cancellation));
    }

    internal static void Demand(IdentityResult result)
    {
        if (!result.Succeeded) throw new RequestFault(Said(result));
    }

    private static bool IsSelf(HttpContext http, PersonRow person) => http.Actor() is Actor.Person self && self.Id == person.Id;

    private static async Task<PersonRow> FindAsync(string name, UserManager<PersonRow> people) =>
        await people.FindByNameAsync(name) ?? throw new RequestFault($"There is nobody called '{name}'.", StatusCodes.Status404NotFound);

    private static PersonSummary Summary(PersonRow row, TimeProvider time) => new(row.Name, row.IsAdministrator, row.UsesAuthenticator, row.Subject is not null, row.CreatedAt, row.ClosedAt)
    {
        SignedInAt = row.SignedInAt,
        LockedAt = row.LockedAt,
        LockedUntil = row.LockedUntil > time.GetUtcNow() ? row.LockedUntil : null,
        Groups = row.Groups,
    };
}
