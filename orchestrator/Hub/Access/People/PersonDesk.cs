using Flows.Hub.Access.SigningIn;
using Microsoft.AspNetCore.Identity;

namespace Flows.Hub.Access.People;

/// <summary>What an administrator changes of somebody's account.</summary>
public sealed class PersonDesk(UserManager<PersonRow> people, SignInTally tally, RecoveryCodes recovery, TimeProvider time)
{
    public async Task ChangeAsync(PersonRow person, PersonChange asked)
    {
        if (asked.Password is { } password) PeopleEndpoints.Demand(await SetPasswordAsync(person, password));
        if (asked.IsAdministrator is { } isAdministrator) person.IsAdministrator = isAdministrator;
        if (asked.IsLocked is { } isLocked) person.LockedAt = isLocked ? person.LockedAt ?? time.GetUtcNow() : null;
        if (asked.ForgetAuthenticator) (person.UsesAuthenticator, person.AuthenticatorKey) = (false, null);
        PeopleEndpoints.Demand(await people.UpdateSecurityStampAsync(person));
        if (asked.ForgetAuthenticator) await recovery.ForgetAsync(person);
        if (asked.Password is not null || asked.IsLocked is false) await tally.ForgiveAsync(person);
    }

    private async Task<IdentityResult> SetPasswordAsync(PersonRow person, string password)
    {
        foreach (var rule in people.PasswordValidators)
        {
            if (await rule.ValidateAsync(people, person, password) is { Succeeded: false } bad) return bad;
        }
        person.PasswordHash = people.PasswordHasher.HashPassword(person, password);
        return IdentityResult.Success;
    }
}
