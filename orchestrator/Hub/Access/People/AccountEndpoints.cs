using Flows.Hub.Access.SigningIn;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;

namespace Flows.Hub.Access.People;

/// <summary>One's own password and authenticator app.</summary>
internal static class AccountEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var me = routes.MapGroup("/api/me").WithTags("access");
        me.MapPut("/password", SetPasswordAsync).ForSignedIn().RequireRateLimiting(RateLimits.SignIn);
        me.MapPost("/authenticator", BeginAsync).ForSignedIn();
        me.MapPut("/authenticator", ConfirmAsync).ForSignedIn().RequireRateLimiting(RateLimits.SignIn);
    }

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
        return TypedResults.Ok(new AuthenticatorKey(key, $"otpauth://totp/Flows:{Uri.EscapeDataString(person.Name)}?secret={key}&issuer=Flows&digits=6"));
    }

    private static async Task<NoContent> ConfirmAsync(AuthenticatorCode asked, HttpContext http, UserManager<PersonRow> people, SignInDesk desk)
    {
        var person = await SelfAsync(http, people);
        if (person.AuthenticatorKey is null || !await desk.IsCodeAsync(person, asked.Code ?? "")) throw new RequestFault("That is not the code that the app shows now.");
        PeopleEndpoints.Demand(await people.SetTwoFactorEnabledAsync(person, true));
        await Session.SignInAsync(http, person);
        return TypedResults.NoContent();
    }

    private static async Task<PersonRow> SelfAsync(HttpContext http, UserManager<PersonRow> people) =>
        http.Actor() is Actor.Person person && await people.FindByIdAsync(person.Id) is { PasswordHash: not null } row
            ? row
            : throw new RequestFault("Only somebody who signed in with a password has one here.", StatusCodes.Status409Conflict);
}

public sealed record PasswordChange(string? Current, string? New);

/// <param name="Key">In base32, to be typed in.</param>
/// <param name="Uri">The same for a QR code.</param>
public sealed record AuthenticatorKey(string Key, string Uri);

/// <param name="Code">Six digits.</param>
public sealed record AuthenticatorCode(string? Code);
