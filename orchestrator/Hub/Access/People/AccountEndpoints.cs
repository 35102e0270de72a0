using Flows.Hub.Access.SigningIn;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;

namespace Flows.Hub.Access.People;

/// <summary>One's own password, authenticator app and recovery codes.</summary>
internal static class AccountEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var me = routes.MapGroup("/api/me").WithTags("access");
        me.MapGet("/account", FindAsync).ForSignedIn();
        me.MapPut("/password", SetPasswordAsync).ForSignedIn().WithMetadata(SignInTry.Mark);
        me.MapPost("/authenticator", BeginAsync).ForSignedIn();
        me.MapPut("/authenticator", ConfirmAsync).ForSignedIn().WithMetadata(SignInTry.Mark);
        me.MapPost("/recovery-codes", NewCodesAsync).ForSignedIn().WithMetadata(SignInTry.Mark);
    }

    private static async Task<Ok<Account>> FindAsync(HttpContext http, UserManager<PersonRow> people, RecoveryCodes recovery, CancellationToken cancellation) =>
        http.Actor() is Actor.Person person && await people.FindByIdAsync(person.Id) is { } row
            ? TypedResults.Ok(new Account(row.Name, row.PasswordHash is null, row.UsesAuthenticator, await recovery.LeftAsync(row.Id, cancellation)))
            : throw new RequestFault("Only somebody who signed in has an account here.", StatusCodes.Status409Conflict);

    private static async Task<NoContent> SetPasswordAsync(PasswordChange asked, HttpContext http, UserManager<PersonRow> people)
    {
        var person = await SelfAsync(http, people);
        PeopleEndpoints.Demand(await people.ChangePasswordAsync(person, asked.Current ?? "", asked.New ?? ""));
        await Session.SignInAsync(http, person);
        return TypedResults.NoContent();
    }

    /// <summary>A new key for an authenticator app; it counts once a code of it was sent back.</summary>
    private static async Task<Ok<AuthenticatorKey>> BeginAsync(HttpContext http, UserManager<PersonRow> people)
    {
        var person = await SelfAsync(http, people);
        if (person.UsesAuthenticator) throw new RequestFault("There is an authenticator app already; an administrator can have it forgotten.", StatusCodes.Status409Conflict);
        PeopleEndpoints.Demand(await people.ResetAuthenticatorKeyAsync(person));
        await Session.SignInAsync(http, person);
        var key = (await people.GetAuthenticatorKeyAsync(person))!;
        var uri = $"otpauth://totp/Flows:{Uri.EscapeDataString(person.Name)}?secret={key}&issuer=Flows&digits=6";
        return TypedResults.Ok(new AuthenticatorKey(key, uri, QrCode.Of(uri)));
    }

    /// <summary>The app is asked for from now on; the answer has the recovery codes that stand in for it.</summary>
    private static async Task<Ok<NewRecoveryCodes>> ConfirmAsync(AuthenticatorCode asked, HttpContext http, UserManager<PersonRow> people, SecondFactor second, RecoveryCodes recovery, CancellationToken cancellation)
    {
        var person = await SelfAsync(http, people);
        if (!await second.TakeCodeAsync(person, asked.Code ?? "")) throw new RequestFault("That is not the code that the app shows now.");
        PeopleEndpoints.Demand(await people.SetTwoFactorEnabledAsync(person, true));
        await Session.SignInAsync(http, person);
        return TypedResults.Ok(new NewRecoveryCodes(await recovery.NewAsync(person, cancellation)));
    }

    /// <summary>Ten new ones; those of before count no more.</summary>
    private static async Task<Ok<NewRecoveryCodes>> NewCodesAsync(RecoveryRequest asked, HttpContext http, UserManager<PersonRow> people, RecoveryCodes recovery, CancellationToken cancellation)
    {
        var person = await SelfAsync(http, people);
        if (!person.UsesAuthenticator) throw new RequestFault("Recovery codes stand in for an authenticator app: set one up first.", StatusCodes.Status409Conflict);
        if (!await people.CheckPasswordAsync(person, asked.Password ?? "")) throw new RequestFault("That is not your password.");
        return TypedResults.Ok(new NewRecoveryCodes(await recovery.NewAsync(person, cancellation)));
    }

    private static async Task<PersonRow> SelfAsync(HttpContext http, UserManager<PersonRow> people) =>
        http.Actor() is Actor.Person person && await people.FindByIdAsync(person.Id) is { PasswordHash: not null } row
            ? row
            : throw new RequestFault("Only somebody who signed in with a password has one here.", StatusCodes.Status409Conflict);
}
