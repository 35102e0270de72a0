using Flows.Hub.Access.People;
using Flows.Hub.Runners;
using Flows.Hub.Storage;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Access.SigningIn;

/// <summary>
/// The one-time code with which the first administrator is made: shown on the console of a server that has accounts and
/// none yet, so that it takes access to the machine. Each server process makes its own.
/// </summary>
public sealed class SetupCode(IDbContextFactory<FlowsDb> databases, AccessMode mode)
{
    public string Value { get; } = SpokenCode.New(groups: 4, letters: 5);

    public bool Is(string? text) => text is not null && StepTokens.Same(text.Trim().ToUpperInvariant(), Value);

    /// <summary>There is nobody yet who could sign in.</summary>
    public async Task<bool> IsWantedAsync(CancellationToken cancellation)
    {
        if (mode.IsLocal) return false;
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return !await db.Set<PersonRow>().AnyAsync(cancellation);
    }
}

/// <param name="Code">The <see cref="SetupCode"/>.</param>
public sealed record SetupRequest(string? Code, string? Name, string? Password);

/// <summary>Makes the first account, an administrator.</summary>
public sealed class FirstAccount(SetupCode setup, UserManager<PersonRow> people, TimeProvider time)
{
    /// <exception cref="RequestFault">409: there is an account already; 401: another code; 400: no such name or password.</exception>
    public async Task<PersonRow> MakeAsync(SetupRequest asked, CancellationToken cancellation)
    {
        if (!await setup.IsWantedAsync(cancellation)) throw new RequestFault("There is an account already: sign in.", StatusCodes.Status409Conflict);
        if (!setup.Is(asked.Code)) throw new RequestFault("That is not the code that the server shows on its console.", StatusCodes.Status401Unauthorized);
        var person = new PersonRow { Name = asked.Name?.Trim() ?? "", IsAdministrator = true, CreatedAt = time.GetUtcNow(), SignedInAt = time.GetUtcNow() };
        PeopleEndpoints.Demand(await people.CreateAsync(person, asked.Password ?? ""));
        return person;
    }
}
