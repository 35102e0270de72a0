using Microsoft.AspNetCore.Routing.Patterns;

namespace Flows.Hub.Audit;

/// <summary>
/// What a request to a route is called in the audit log: what the route says of itself, else words of its pattern.
/// <c>POST /api/flows/{id}/publish</c> is <c>flow.publish</c> of the flow <c>{id}</c>, <c>DELETE /api/runs/{id}/pin</c> is <c>run.pin.delete</c>.
/// </summary>
/// <param name="IdName">The route value that names the thing; null when none does.</param>
internal sealed record AuditedRoute(string Action, string Kind, string? IdName)
{
    private const string Root = "api";

    /// <summary>Null for a route that is none of the API's, only reads, or says that it is not recorded.</summary>
    public static AuditedRoute? Of(RouteEndpoint endpoint, string method)
    {
        if (!Writes(method) || endpoint.Metadata.GetMetadata<NotAudited>() is not null) return null;
        var parts = endpoint.RoutePattern.PathSegments.Select(segment => segment.Parts is [var part] ? part : null).ToList();
        if (parts is not [RoutePatternLiteralPart { Content: Root }, RoutePatternLiteralPart first, .. var rest]) return null;
        var kind = Singular(first.Content);
        var names = rest.OfType<RoutePatternParameterPart>().Select(part => part.Name).ToList();
        var words = rest.OfType<RoutePatternLiteralPart>().Select(part => part.Content).ToList();
        var said = endpoint.Metadata.GetMetadata<AuditedAs>();
        return new AuditedRoute(said?.Action ?? string.Join('.', [kind, .. words, .. Verb(method, words.Count)]), said?.Action.Split('.')[0] ?? kind, names.FirstOrDefault());
    }

    public static bool Writes(string method) => !(HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method));

    private static string[] Verb(string method, int words) => HttpMethods.IsPut(method) ? ["save"] : HttpMethods.IsDelete(method) ? ["delete"] : words == 0 ? ["create"] : [];

    private static string Singular(string word) => word.EndsWith("ies", StringComparison.Ordinal) ? word[..^3] + "y" : word.EndsWith('s') ? word[..^1] : word;
}

/// <summary>A route's own word for what it does, as <c>kind.verb</c>.</summary>
internal sealed record AuditedAs(string Action);

/// <summary>A route that writes nothing by which somebody would be held to account, and why.</summary>
internal sealed record NotAudited(string Why);

/// <summary>What routes say to the audit log.</summary>
internal static class AuditMarks
{
    public static T Audited<T>(this T route, string action) where T : IEndpointConventionBuilder => route.WithMetadata(new AuditedAs(action));

    public static T NotAudited<T>(this T route, string why) where T : IEndpointConventionBuilder => route.WithMetadata(new NotAudited(why));
}
