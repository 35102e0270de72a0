using Flows.Hub.Access.People;
using Flows.Hub.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using OtpNet;

namespace Flows.Hub.Access.SigningIn;

/// <summary>What is asked for after the password: a code of the authenticator app (RFC 6238), or a recovery code. Each counts once.</summary>
public sealed class SecondFactor(UserManager<PersonRow> people, RecoveryCodes recovery, IDbContextFactory<FlowsDb> databases, TimeProvider time)
{
    private const int Digits = 6;

    // Clocks of phones are not exact, and typing takes a while: half a minute more to either side.
    private static readonly VerificationWindow Window = new(previous: 1, future: 1);

    public async Task<bool> TakeAsync(PersonRow person, string code) =>
        SpokenCode.Plain(code) is { Length: Digits } plain ? await TakeCodeAsync(person, plain) : await recovery.TakeAsync(person, code);

    /// <summary>A code of the app alone.</summary>
    public async Task<bool> TakeCodeAsync(PersonRow person, string code)
    {
        if (await people.GetAuthenticatorKeyAsync(person) is not { } key) return false;
        if (!new Totp(Base32Encoding.ToBytes(key)).VerifyTotp(time.GetUtcNow().UtcDateTime, SpokenCode.Plain(code), out var step, Window)) return false;
        await using var db = await databases.CreateDbContextAsync();
        // Whoever looked over a shoulder has half a minute: the code of this step, or of an earlier one, is used up. Of two requests one moves the mark.
        return await db.Set<PersonRow>().Where(row => row.Id == person.Id && row.CodeStep < step).ExecuteUpdateAsync(set => set.SetProperty(row => row.CodeStep, step)) == 1;
    }
}
