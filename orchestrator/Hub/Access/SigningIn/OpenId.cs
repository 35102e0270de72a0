using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Flows.Hub.Access.People;
using Flows.Hub.Storage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Flows.Hub.Access.SigningIn;

/// <summary>Settings under <c>Access:Oidc</c>: an OpenID Connect provider that signs people in.</summary>
public sealed class OidcOptions
{
    /// <summary>The provider's issuer address, below which <c>.well-known/openid-configuration</c> lies; https, or loopback.</summary>
    [Required] public string Authority { get; init; } = "";

    [Required] public string ClientId { get; init; } = "";

    public string ClientSecret { get; init; } = "";

    /// <summary>Beside <c>openid</c> and <c>profile</c>.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Claim that holds the name. Default <c>preferred_username</c>.</summary>
    public string NameClaim { get; init; } = "preferred_username";

    /// <summary>Claim that holds the groups. Default <c>groups</c>.</summary>
    public string GroupsClaim { get; init; } = "groups";

    /// <summary>Members of this group are administrators, and nobody else of those whom the provider signs in; absent: it says nothing about that.</summary>
    public string? AdministratorGroup { get; init; }
}

/// <summary>Sign-in by OpenID Connect: authorization code with PKCE, nonce and state, all checked by ASP.NET's handler.</summary>
internal static class OpenId
{
    public const string Scheme = "oidc";

    // From the token to the end of the sign-in.
    private const string Issuer = "issuer";

    public static bool IsOn(HttpContext http) => http.RequestServices.GetService<OidcOptions>() is not null;

    public static AuthenticationBuilder AddOpenId(this AuthenticationBuilder builder, IConfiguration settings)
    {
        if (settings.GetSection("Access:Oidc").Get<OidcOptions>() is not { } oidc) return builder;
        Validator.ValidateObject(oidc, new ValidationContext(oidc), validateAllProperties: true);
        builder.Services.AddSingleton(oidc).AddSingleton<OpenIdPeople>();
        return builder.AddOpenIdConnect(Scheme, handler => Settle(handler, oidc));
    }

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/signin/oidc", (string? @return, HttpContext http) => IsOn(http)
        ? Results.Challenge(new AuthenticationProperties { RedirectUri = SignInEndpoints.Local(@return) }, [Scheme])
        : Web.Problems.NotFound("No identity provider is set up.")).ForAnyone().ExcludeFromDescription();

    private static void Settle(OpenIdConnectOptions handler, OidcOptions oidc)
    {
        (handler.Authority, handler.ClientId, handler.ClientSecret) = (oidc.Authority, oidc.ClientId, oidc.ClientSecret);
        handler.RequireHttpsMetadata = !(Uri.TryCreate(oidc.Authority, UriKind.Absolute, out var at) && at.IsLoopback);
        handler.ResponseType = OpenIdConnectResponseType.Code;
        // By the address, not by a form: a form that another site's page sends is refused.
        handler.ResponseMode = OpenIdConnectResponseMode.Query;
        handler.CallbackPath = "/signin/oidc/callback";
        handler.SignInScheme = Session.Scheme;
        handler.MapInboundClaims = false;
        handler.NonceCookie.SameSite = handler.CorrelationCookie.SameSite = SameSiteMode.Lax;
        handler.NonceCookie.SecurePolicy = handler.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        handler.TokenValidationParameters.ClockSkew = TimeSpan.FromMinutes(1);
        foreach (var scope in oidc.Scopes) handler.Scope.Add(scope);
        // A provider that keeps to the letter of the standard says name and groups only when it is asked for them.
        handler.GetClaimsFromUserInfoEndpoint = true;
        handler.ClaimActions.MapUniqueJsonKey(oidc.NameClaim, oidc.NameClaim);
        handler.ClaimActions.MapJsonKey(oidc.GroupsClaim, oidc.GroupsClaim);
        handler.Events.OnTokenValidated = arrived =>
        {
            arrived.Properties!.Items[Issuer] = arrived.SecurityToken.Issuer;
            return Task.CompletedTask;
        };
        handler.Events.OnTicketReceived = ReceiveAsync;
        handler.Events.OnRemoteFailure = async failed =>
        {
            failed.HandleResponse();
            await RefuseAsync(failed.HttpContext, failed.Failure);
        };
    }

    private static async Task ReceiveAsync(TicketReceivedContext ticket)
    {
        ticket.Properties!.Items.Remove(Issuer, out var issuer);
        try
        {
            (ticket.Principal, var name) = await ticket.HttpContext.RequestServices.GetRequiredService<OpenIdPeople>().ReceiveAsync(issuer!, ticket.Principal!, ticket.HttpContext.RequestAborted);
            await ticket.HttpContext.RequestServices.GetRequiredService<SignInTrail>().BeganAsync(ticket.HttpContext, "provider", SignIn.Done, name);
        }
        catch (AuthenticationFailureException closed)
        {
            ticket.HandleResponse();
            await RefuseAsync(ticket.HttpContext, closed);
        }
    }

    private static async Task RefuseAsync(HttpContext http, Exception? why)
    {
        await http.RequestServices.GetRequiredService<SignInTrail>().BeganAsync(http, "provider", SignIn.Wrong, null);
        http.RequestServices.GetRequiredService<ILogger<OidcOptions>>().LogWarning("A sign-in by the identity provider failed: {Reason}", why?.GetType().Name);
        await TypedResults.Problem("The identity provider's answer was not accepted. Try to sign in again.", statusCode: StatusCodes.Status401Unauthorized, title: "Not signed in").ExecuteAsync(http);
    }
}

/// <summary>People whom the provider signs in: each has an account from the first time on, known by issuer and subject.</summary>
internal sealed class OpenIdPeople(OidcOptions oidc, IDbContextFactory<FlowsDb> databases, TimeProvider time)
{
    public async Task<(ClaimsPrincipal Session, string Name)> ReceiveAsync(string issuer, ClaimsPrincipal said, CancellationToken cancellation)
    {
        var subject = $"{issuer} {said.FindFirstValue("sub")}";
        List<string> groups = [.. said.FindAll(oidc.GroupsClaim).Select(claim => claim.Value).Distinct()];
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var person = await db.Set<PersonRow>().FirstOrDefaultAsync(row => row.Subject == subject, cancellation) ?? db.Add(await NewAsync(db, subject, said, cancellation)).Entity;
        if (person is not { ClosedAt: null, LockedAt: null }) throw new AuthenticationFailureException("The account is closed, or locked by an administrator.");
        (person.Groups, person.SignedInAt) = (groups, time.GetUtcNow());
        if (oidc.AdministratorGroup is { } administrators) person.IsAdministrator = groups.Contains(administrators);
        await db.SaveChangesAsync(cancellation);
        return (Session.PrincipalOf(person, groups), person.Name);
    }

    private async Task<PersonRow> NewAsync(FlowsDb db, string subject, ClaimsPrincipal said, CancellationToken cancellation)
    {
        var name = new string([.. (said.FindFirstValue(oidc.NameClaim) ?? said.FindFirstValue("email") ?? "somebody").Where(letter => char.IsAsciiLetterOrDigit(letter) || ".-_@+".Contains(letter)).Take(80)]);
        // A name here is not taken over by whoever has it there.
        if (PersonRow.Reserved.Contains(name, StringComparer.OrdinalIgnoreCase) || await db.Set<PersonRow>().AnyAsync(row => row.NormalizedName == name.ToUpperInvariant(), cancellation))
            name += "-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(subject)))[..8];
        return new PersonRow { Name = name, NormalizedName = name.ToUpperInvariant(), Subject = subject, SecurityStamp = Guid.NewGuid().ToString("N"), CreatedAt = time.GetUtcNow() };
    }
}
