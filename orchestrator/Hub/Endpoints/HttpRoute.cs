using Flows.Hub.Web;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Routing.Template;

namespace Flows.Hub.Endpoints;

/// <summary>An endpoint's path with places for values: <c>/orders/{id}</c>, <c>/files/{*rest}</c>.</summary>
internal sealed class HttpRoute
{
    private readonly TemplateMatcher _matcher;

    private HttpRoute(RouteTemplate template)
    {
        _matcher = new TemplateMatcher(template, Defaults(template));
        Precedence = RoutePrecedence.ComputeInbound(template);
    }

    /// <summary>The lower, the more exact the path: fixed words come before places.</summary>
    public decimal Precedence { get; }

    /// <summary>Null when the path is not a template.</summary>
    public static HttpRoute? Of(string path)
    {
        try { return new HttpRoute(TemplateParser.Parse(path.Trim('/'))); }
        catch (Exception broken) when (broken is ArgumentException or RoutePatternException) { return null; }
    }

    /// <summary>The values of the places; null when the path does not fit.</summary>
    public RouteValueDictionary? Match(PathString path)
    {
        var values = new RouteValueDictionary();
        return _matcher.TryMatch(path, values) ? values : null;
    }

    private static RouteValueDictionary Defaults(RouteTemplate template) =>
        new(template.Parameters.Where(parameter => parameter.DefaultValue is not null).ToDictionary(parameter => parameter.Name!, parameter => parameter.DefaultValue));
}
