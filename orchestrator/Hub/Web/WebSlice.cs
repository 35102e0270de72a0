using Flows.Hub.Access;

namespace Flows.Hub.Web;

/// <summary>Health and the designer's files.</summary>
public static class WebSlice
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health", () => TypedResults.Ok(new Health("healthy"))).ForAnyone().WithTags("health");
        routes.MapGet("/health/ready", () => TypedResults.Ok(new Health("ready"))).ForAnyone().WithTags("health");
    }

    /// <summary>The designer's static files, and its page for every address that is none of the API's.</summary>
    public static void MapDesigner(this WebApplication app)
    {
        app.MapStaticAssets().ForAnyone();
        app.MapFallback("/api/{**path}", http => Problems.NotFound($"There is no route {http.Request.Path}.").ExecuteAsync(http)).ForAnyone();
        app.MapFallbackToFile("index.html").ForPages();
    }
}

/// <summary>What a probe is answered: <c>healthy</c> or <c>ready</c>.</summary>
public sealed record Health(string Status);
