using System.Security.Claims;
using System.Security.Principal;
using System.Text.Encodings.Web;
using Flows.Hub.Access.People;
using Flows.Hub.Access.Tokens;
using Flows.Hub.Runners;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Flows.Hub.Access;

/// <summary>Finds out who asks: by the token in the Authorization header, else by the session's cookie, else by the mode.</summary>
public sealed class ActorHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory log, UrlEncoder encoder, IServiceProvider services)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, log, encoder)
{
    public const string SchemeName = "Flows";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (BearerOf(Request) is { } token) return await OfTokenAsync(token) is { } known ? Ticket(known) : AuthenticateResult.Fail("The token is not known, has expired or was withdrawn.");
        if (services.GetRequiredService<AccessMode>().IsLocal) return Ticket(new Actor.Local());
        return await Context.AuthenticateAsync(Session.Scheme) is { Succeeded: true, Principal: { } session } && await services.GetRequiredService<ActorBook>().PersonAsync(session, Context.RequestAborted) is { } person
            ? Ticket(person)
            : AuthenticateResult.NoResult();
    }

    /// <summary>The token of an Authorization header; null when there is none.</summary>
    internal static string? BearerOf(HttpRequest request) =>
        request.Headers.Authorization.ToString() is var header && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header["Bearer ".Length..].Trim() : null;

    private async Task<Actor?> OfTokenAsync(string token)
    {
        if (services.GetRequiredService<StepTokens>().JobOf(token) is { } job) return new Actor.Step(job);
        if (token.StartsWith(ApiToken.Prefix, StringComparison.Ordinal)) return await services.GetRequiredService<ActorBook>().TokenAsync(token, Context.RequestAborted);
        if (services.GetRequiredService<RunnerPasses>().RunnerOf(token) is { } machine) return new Actor.Runner(machine);
        return services.GetRequiredService<RunnerToken>().Is(token) ? new Actor.Runner(null) : null;
    }

    private AuthenticateResult Ticket(Actor actor) => AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ActorIdentity(actor)), Scheme.Name));
}

/// <summary>The actor as ASP.NET carries it.</summary>
public sealed class ActorIdentity(Actor actor) : ClaimsIdentity(ActorHandler.SchemeName), IIdentity
{
    public Actor Who { get; } = actor;

    public override string Name => Who.Name;
}
