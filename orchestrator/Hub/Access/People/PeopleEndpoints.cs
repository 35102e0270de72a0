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

    private static async Task<Ok<IReadOnlyList<PersonSummary>>> ListAsync(IDbContextFactory<FlowsDb> databases, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return TypedResults.Ok<IReadOnlyList<PersonSummary>>([.. (await db.Set<PersonRow>().AsNoTracking().OrderBy(row => row.Name).ToListAsync(cancellation)).Select(Summary)]);
    }

    private static async Task<Created<PersonSummary>> CreateAsync(NewPerson asked, UserManager<PersonRow> people, TimeProvider time)
    {
        var person = new PersonRow { Name = asked.Name?.Trim() ?? "", IsAdministrator = asked.IsAdministrator, CreatedAt = time.GetUtcNow() };
        Demand(await people.CreateAsync(person, asked.Password ?? ""));
        return TypedResults.Created($"/api/people/{Uri.EscapeDataString(person.Name)}", Summary(person));
    }

    /// <summary>A new password ends every session of theirs; an account that is locked is open again.</summary>
    private static async Task<Ok<PersonSummary>> ChangeAsync(string name, PersonChange asked, UserManager<PersonRow> people)
    {
        var person = await FindAsync(name, people);
        if (asked.IsAdministrator is { } isAdministrator) person.IsAdministrator = isAdministrator;
        if (asked.Password is { } password)
        {
            Demand(await CheckAsync(people, person, password));
            person.PasswordHash = people.PasswordHasher.HashPassword(person, password);
            (person.FailedSignIns, person.LockedUntil) = (0, null);
        }
        if (asked.ForgetAuthenticator) (person.UsesAuthenticator, person.AuthenticatorKey) = (false, null);
        Demand(await people.UpdateSecurityStampAsync(person));
        return TypedResults.Ok(Summary(person));
    }

    private static async Task<Ok<Holdings>> HoldingsAsync(string name, UserManager<PersonRow> people, AccountClosing closing, CancellationToken cancellation) =>
        TypedResults.Ok(await closing.OfAsync(await FindAsync(name, people), cancellation));

    private static async Task<Ok<Holdings>> CloseAsync(string name, CloseRequest? asked, HttpContext http, UserManager<PersonRow> people, AccountClosing closing, CancellationToken cancellation)
    {
        var person = await FindAsync(name, people);
        if (http.Actor() is Actor.Person self && self.Id == person.Id) throw new RequestFault("One's own account is closed by another administrator.", StatusCodes.Status409Conflict);
        var heir = asked?.HandTo is { Length: > 0 } to ? await FindAsync(to, people) : null;
        if (heir is { ClosedAt: not null } || heir?.Id == person.Id) throw new RequestFault($"Nothing can be handed to '{asked!.HandTo}'.", StatusCodes.Status409Conflict);
        return TypedResults.Ok(await closing.CloseAsync(person, heir, cancellation));
    }

    internal static void Demand(IdentityResult result)
    {
        if (!result.Succeeded) throw new RequestFault(Said(result));
    }

    internal static async Task<IdentityResult> CheckAsync(UserManager<PersonRow> people, PersonRow person, string password)
    {
        foreach (var rule in people.PasswordValidators)
        {
            if (await rule.ValidateAsync(people, person, password) is { Succeeded: false } bad) return bad;
        }
        return IdentityResult.Success;
    }

    private static async Task<PersonRow> FindAsync(string name, UserManager<PersonRow> people) =>
        await people.FindByNameAsync(name) ?? throw new RequestFault($"There is nobody called '{name}'.", StatusCodes.Status404NotFound);

    private static PersonSummary Summary(PersonRow row) => new(row.Name, row.IsAdministrator, row.UsesAuthenticator, row.Subject is not null, row.CreatedAt, row.ClosedAt);
}

public sealed record NewPerson(string? Name, string? Password, bool IsAdministrator = false);

/// <summary>What is absent stays.</summary>
public sealed record PersonChange(bool? IsAdministrator, string? Password, bool ForgetAuthenticator = false);

/// <param name="External">Signed in by the identity provider.</param>
public sealed record PersonSummary(string Name, bool IsAdministrator, bool UsesAuthenticator, bool External, DateTimeOffset CreatedAt, DateTimeOffset? ClosedAt);

/// <param name="HandTo">Who gets their flows; absent: what starts those by itself is stopped.</param>
public sealed record CloseRequest(string? HandTo);
