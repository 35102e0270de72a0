using Flows.Hub.Web;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Flows.Hub.Access.SigningIn;

/// <summary>Pages to sign in, to sign out and to make the first account.</summary>
internal static class SignInEndpoints
{
    private const string Wrong = "That is not right. After five wrong tries the account is locked for five minutes.";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/signin", ShowAsync).ForAnyone().ExcludeFromDescription();
        routes.MapPost("/signin", SignInAsync).ForAnyone().WithMetadata(SignInTry.Mark).ExcludeFromDescription();
        routes.MapPost("/signout", SignOutAsync).ForAnyone().ExcludeFromDescription();
        routes.MapGet("/setup", ShowSetupAsync).ForAnyone().ExcludeFromDescription();
        routes.MapPost("/setup", SetUpAsync).ForAnyone().WithMetadata(SignInTry.Mark).ExcludeFromDescription();
        routes.MapPost("/api/setup", SetUpByRequestAsync).ForAnyone().WithMetadata(SignInTry.Mark).WithTags("access");
    }

    /// <summary>Where to go after signing in: a path of this server, and nothing that a browser could take for another's.</summary>
    internal static string Local(string? path) =>
        path is ['/', .. var rest] && rest is not ['/' or '\\', ..] && !path.Any(letter => char.IsControl(letter) || letter == '\\') ? path : "/";

    private static async Task<IResult> ShowAsync(string? @return, HttpContext http, SetupCode setup, CancellationToken cancellation)
    {
        if (http.Actor().IsSignedIn) return Results.LocalRedirect(Local(@return));
        return await setup.IsWantedAsync(cancellation) ? Results.LocalRedirect("/setup") : Page(http, @return, null).Show(http);
    }

    private static async Task<IResult> SignInAsync(HttpContext http, IAntiforgery stamps, SignInDesk desk, SignInTrail trail)
    {
        var form = await FormAsync(http, stamps);
        var (name, ticket, back) = (form["name"].ToString(), form["ticket"].ToString(), form["return"].ToString());
        var (result, person) = ticket.Length > 0 ? await desk.TryCodeAsync(ticket, form["code"].ToString()) : await desk.TryAsync(name, form["password"].ToString());
        await trail.BeganAsync(http, ticket.Length > 0 ? "code" : "password", result, person?.Name);
        switch (result)
        {
            case SignIn.Done:
                await Session.SignInAsync(http, person!);
                return Results.LocalRedirect(Local(back));
            case SignIn.NeedsCode: return CodePage(desk.TicketOf(person!), back).Show(http);
            case SignIn.Wrong when ticket.Length > 0 && person is not null: return CodePage(ticket, back, Wrong).Show(http, StatusCodes.Status401Unauthorized);
            case SignIn.Barred: return Page(http, back, "An administrator has locked this account.", name).Show(http, StatusCodes.Status401Unauthorized);
            case SignIn.Locked: return Page(http, back, "This account is locked after too many wrong tries. Try again in five minutes.", name).Show(http, StatusCodes.Status401Unauthorized);
            default: return Page(http, back, Wrong, name).Show(http, StatusCodes.Status401Unauthorized);
        }
    }

    private static async Task<RedirectHttpResult> SignOutAsync(HttpContext http, SignInTrail trail, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (http.Actor().IsSignedIn) await trail.EndedAsync(http, http.Actor().Name);
        await http.SignOutAsync(Session.Scheme);
        return TypedResults.LocalRedirect("/signin");
    }

    private static async Task<IResult> ShowSetupAsync(HttpContext http, SetupCode setup, CancellationToken cancellation) =>
        await setup.IsWantedAsync(cancellation) ? SetupPage(null).Show(http) : Results.LocalRedirect("/signin");

    private static async Task<IResult> SetUpAsync(HttpContext http, IAntiforgery stamps, FirstAccount first, SignInTrail trail, CancellationToken cancellation)
    {
        var form = await FormAsync(http, stamps);
        try
        {
            var person = await first.MakeAsync(new SetupRequest(form["setup"], form["name"], form["password"]), cancellation);
            await trail.BeganAsync(http, "setup", SignIn.Done, person.Name);
            await Session.SignInAsync(http, person);
        }
        catch (RequestFault refused)
        {
            await trail.BeganAsync(http, "setup", SignIn.Wrong, null);
            return SetupPage(refused.Message).Show(http, refused.Status);
        }
        return Results.LocalRedirect("/");
    }

    /// <summary>The same for a program; the answer's cookie is a session.</summary>
    private static async Task<NoContent> SetUpByRequestAsync(SetupRequest asked, HttpContext http, FirstAccount first, CancellationToken cancellation)
    {
        await Session.SignInAsync(http, await first.MakeAsync(asked, cancellation));
        return TypedResults.NoContent();
    }

    private static async Task<IFormCollection> FormAsync(HttpContext http, IAntiforgery stamps)
    {
        if (!await stamps.IsRequestValidAsync(http)) throw new RequestFault("The form is too old, or was not this server's: load the page again.");
        return await http.Request.ReadFormAsync();
    }

    private static FormPage Page(HttpContext http, string? back, string? problem, string? name = null)
    {
        var page = new FormPage("Sign in", "/signin") { Problem = problem, Button = "Sign in" }
            .Field("name", "Name", complete: "username", value: name).Field("password", "Password", "password", "current-password").Hidden("return", Local(back));
        return OpenId.IsOn(http) ? page.Link("Sign in with your organisation", $"/signin/oidc?return={Uri.EscapeDataString(Local(back))}") : page;
    }

    private static FormPage CodePage(string ticket, string back, string? problem = null) => new FormPage("Sign in", "/signin") { Problem = problem, Note = "Enter the code that your authenticator app shows. Without your phone, enter one of your recovery codes.", Button = "Sign in" }
        .Field("code", "Code", complete: "one-time-code").Hidden("ticket", ticket).Hidden("return", Local(back));

    private static FormPage SetupPage(string? problem) => new FormPage("The first account", "/setup") { Problem = problem, Note = "It will be an administrator. The setup code is on the server's console.", Button = "Make the account" }
        .Field("setup", "Setup code").Field("name", "Name", complete: "username").Field("password", "Password (at least 12 characters)", "password", "new-password");
}
