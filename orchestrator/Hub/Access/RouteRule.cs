using Flows.Hub.Access.Projects;
using Flows.Hub.Storage;

namespace Flows.Hub.Access;

/// <summary>Who may use a route. Every route states one where it is mapped; a route without one is refused to everybody.</summary>
public abstract record RouteRule
{
    private RouteRule() { }

    /// <summary>Whoever can reach the server.</summary>
    public sealed record Anyone : RouteRule;

    /// <summary>Pages: whoever is not signed in is shown the way.</summary>
    public sealed record Page : RouteRule;

    /// <summary>Whoever has an account or a token; what is listed is what the asker may see.</summary>
    public sealed record SignedIn : RouteRule;

    /// <summary>Whoever has the role in the project of the thing.</summary>
    /// <param name="OrStep">The thing's run may do it too, by its step's token.</param>
    public sealed record InProject(Role Role, Thing Thing, bool OrStep = false) : RouteRule;

    /// <summary>Whoever may change what is deployed in the environment that the request is about; the slice finds out which that is.</summary>
    public sealed record ToDeploy(Thing Thing) : RouteRule;

    public sealed record Administrators : RouteRule;

    /// <summary>Whoever has the runner token.</summary>
    public sealed record RunnerToken : RouteRule;

    /// <summary>The runner whose name the route has, with its pass.</summary>
    public sealed record OwnRunner : RouteRule;

    /// <summary>The step whose id the route has, with its token.</summary>
    public sealed record OwnStep : RouteRule;
}

/// <summary>How slices state the rules of their routes.</summary>
public static class RouteRules
{
    extension<TBuilder>(TBuilder route) where TBuilder : IEndpointConventionBuilder
    {
        public TBuilder ForAnyone() => route.WithMetadata(new RouteRule.Anyone());

        public TBuilder ForPages() => route.WithMetadata(new RouteRule.Page());

        public TBuilder ForSignedIn() => route.WithMetadata(new RouteRule.SignedIn());

        public TBuilder ForAdministrators() => route.WithMetadata(new RouteRule.Administrators());

        public TBuilder ForRunnerToken() => route.WithMetadata(new RouteRule.RunnerToken());

        public TBuilder ForRunner() => route.WithMetadata(new RouteRule.OwnRunner());

        public TBuilder ForStep() => route.WithMetadata(new RouteRule.OwnStep());

        /// <summary>The role in the project of the thing that the route is about.</summary>
        public TBuilder Needs(Role role, Thing of, bool orStep = false) => route.WithMetadata(new RouteRule.InProject(role, of, orStep));
    }

    /// <summary>The rule that a route states. Files that the build brings along while it is developed have a route that nobody maps.</summary>
    public static RouteRule? Of(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<RouteRule>() ?? (endpoint is RouteEndpoint { RoutePattern.RawText: "{**path:file}" } ? new RouteRule.Anyone() : null);

    extension(HttpContext http)
    {
        public Actor Actor() => (http.User.Identity as ActorIdentity)?.Who ?? new Actor.Anonymous();
    }

    /// <summary>What the actor sees of lists, and where what it makes belongs.</summary>
    internal static Sight SightOf(Actor actor, string? project) => new(project ?? ProjectRow.Default, actor.Name, actor.Projects);
}
