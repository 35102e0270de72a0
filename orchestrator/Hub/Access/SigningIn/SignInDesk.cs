using System.Globalization;
using System.Security.Cryptography;
using Flows.Hub.Access.People;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;

namespace Flows.Hub.Access.SigningIn;

/// <summary>How a try to sign in ended.</summary>
public enum SignIn
{
    Done,
    Wrong,

    /// <summary>After too many wrong tries, for a while.</summary>
    Locked,

    /// <summary>By an administrator.</summary>
    Barred,
    NeedsCode,
}

/// <summary>Checks name and password, then the second factor. It says the same, and takes as long, whether there is such a person or not.</summary>
public sealed class SignInDesk(UserManager<PersonRow> people, SecondFactor second, SignInTally tally, IDataProtectionProvider protection, TimeProvider time)
{
    // Between password and code.
    private static readonly TimeSpan TicketLife = TimeSpan.FromMinutes(5);

    private static readonly PersonRow Nobody = new();

    private static readonly Lazy<string> NobodysHash = new(() => new PasswordHasher<PersonRow>().HashPassword(Nobody, Guid.NewGuid().ToString()));

    private readonly IDataProtector _tickets = protection.CreateProtector("Flows.SignIn");

    public async Task<(SignIn Result, PersonRow? Person)> TryAsync(string name, string password)
    {
        if (await people.FindByNameAsync(name) is not { ClosedAt: null, PasswordHash: not null } person)
        {
            people.PasswordHasher.VerifyHashedPassword(Nobody, NobodysHash.Value, password);
            return (SignIn.Wrong, null);
        }
        // Whoever is locked out learns it from a right password alone, so that nobody finds out names by locking them.
        var isRight = await people.CheckPasswordAsync(person, password);
        if (tally.IsLocked(person)) return (isRight ? SignIn.Locked : SignIn.Wrong, person);
        if (!isRight) return await FailedAsync(person);
        if (person.LockedAt is not null) return (SignIn.Barred, person);
        return person.UsesAuthenticator ? (SignIn.NeedsCode, person) : await DoneAsync(person);
    }

    /// <summary>Says that the person's password was right a moment ago: goes to the browser and back with the code.</summary>
    public string TicketOf(PersonRow person) => _tickets.Protect(string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow().Add(TicketLife).UtcTicks} {person.SecurityStamp} {person.Id}"));

    /// <returns>A wrong code with its person: the ticket is good for another try.</returns>
    public async Task<(SignIn Result, PersonRow? Person)> TryCodeAsync(string ticket, string code)
    {
        if (await OfTicketAsync(ticket) is not { ClosedAt: null, LockedAt: null } person) return (SignIn.Wrong, null);
        if (tally.IsLocked(person)) return (SignIn.Locked, person);
        return await second.TakeAsync(person, code) ? await DoneAsync(person) : await FailedAsync(person);
    }

    private async Task<PersonRow?> OfTicketAsync(string ticket)
    {
        try
        {
            if (_tickets.Unprotect(ticket).Split(' ') is not [var until, var stamp, var id] || long.Parse(until, CultureInfo.InvariantCulture) < time.GetUtcNow().UtcTicks) return null;
            return await people.FindByIdAsync(id) is { } person && person.SecurityStamp == stamp ? person : null;
        }
        catch (CryptographicException) { return null; }
    }

    private async Task<(SignIn, PersonRow?)> FailedAsync(PersonRow person)
    {
        await tally.FailedAsync(person);
        return (SignIn.Wrong, person);
    }

    private async Task<(SignIn, PersonRow?)> DoneAsync(PersonRow person)
    {
        await tally.DoneAsync(person);
        return (SignIn.Done, person);
    }
}
