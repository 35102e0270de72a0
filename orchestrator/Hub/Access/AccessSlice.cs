using Flows.Contract.Activities;
using Flows.Hub.Access.People;
using Flows.Hub.Access.Projects;
using Flows.Hub.Access.SigningIn;
using Flows.Hub.Access.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;

namespace Flows.Hub.Access;

/// <summary>Who asks, and what they may: people, projects, roles, tokens, and the rule of every route.</summary>
public static class AccessSlice
{
    public static IServiceCollection AddAccess(this IServiceCollection services, HubOptions options, IConfiguration settings)
    {
        services.AddOptionsWithValidateOnStart<AccessOptions>().BindConfiguration("Access").ValidateDataAnnotations();
        var mode = AccessMode.Of(settings["Access:Mode"], options.Urls);
        services.AddSingleton(mode);
        var access = settings.GetSection("Access").Get<AccessOptions>() ?? new AccessOptions();
        services.AddSingleton(new FolderPolicy(mode, access.Folders));
        services.AddSingleton(new NetworkPolicy(!mode.IsLocal) { Allowed = access.Networks });
        services.AddSingleton<ActorBook>();
        services.AddSingleton<SetupCode>();
        services.AddSingleton(_ => new RateLimits(access, mode));
        services.AddAntiforgery(form => (form.Cookie.Name, form.Cookie.SameSite, form.HeaderName) = ("flows-form", SameSiteMode.Strict, null));
        services.AddPeople();
        services.AddAuthentication(ActorHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, ActorHandler>(ActorHandler.SchemeName, null)
            .AddCookie(Session.Scheme, cookie => Settle(cookie, access))
            .AddOpenId(settings);
        return services;
    }

    /// <summary>Everything behind it is held to its route's rule.</summary>
    public static void UseAccess(this WebApplication app)
    {
        app.UseRouting();
        app.UseAuthentication();
        // What is refused from here on is recorded too.
        app.UseMiddleware<Audit.AuditTrail>();
        app.UseMiddleware<RequestOrigin>();
        app.Use(app.Services.GetRequiredService<RateLimits>().InvokeAsync);
        app.UseMiddleware<RouteGuard>();
    }

    public static IEndpointRouteBuilder MapAccess(this IEndpointRouteBuilder routes)
    {
        MeEndpoints.Map(routes);
        ProjectEndpoints.Map(routes);
        TokenEndpoints.Map(routes);
        PeopleEndpoints.Map(routes);
        AccountEndpoints.Map(routes);
        SignInEndpoints.Map(routes);
        OpenId.Map(routes);
        return routes;
    }

    private static void AddPeople(this IServiceCollection services)
    {
        services.AddIdentityCore<PersonRow>(identity =>
        {
            // Length, and not riddles: NIST SP 800-63B.
            identity.Password.RequiredLength = 12;
            identity.Password.RequiredUniqueChars = 4;
            identity.Password.RequireDigit = identity.Password.RequireLowercase = identity.Password.RequireUppercase = identity.Password.RequireNonAlphanumeric = false;
            identity.User.AllowedUserNameCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_@+";
        }).AddUserStore<PersonStore>();
        services.AddSingleton<SignInTally>();
        services.AddSingleton<SignInTrail>();
        services.AddSingleton<RecoveryCodes>();
        services.AddScoped<SecondFactor>();
        services.AddScoped<SignInDesk>();
        services.AddScoped<FirstAccount>();
        services.AddScoped<PersonDesk>();
        services.AddScoped<RunningWork>();
        services.AddScoped<AccountClosing>();
    }

    private static void Settle(CookieAuthenticationOptions cookie, AccessOptions access)
    {
        cookie.Cookie.Name = Session.Cookie;
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.SameSite = SameSiteMode.Lax;
        cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        cookie.ExpireTimeSpan = TimeSpan.FromHours(access.SessionHours);
        cookie.SlidingExpiration = true;
    }
}
