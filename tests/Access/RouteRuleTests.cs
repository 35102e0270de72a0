using System.Text.Json.Nodes;
using Flows.Hub.Access;
using Flows.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using System.Net.Http.Json;

namespace Flows.Tests.Access;

public sealed class RouteRuleTests(SharedHub shared) : IClassFixture<SharedHub>
{
    [Fact]
    public void Every_route_says_who_may_use_it()
    {
        var silent = Routes(shared.Hub).Where(route => RouteRules.Of(route) is null || route.Metadata.GetOrderedMetadata<RouteRule>().Count > 1).Select(route => $"{route.DisplayName} {route.RoutePattern.RawText}");

        Assert.Empty(silent);
    }

    [Fact]
    public void Only_a_few_routes_are_for_anyone()
    {
        var open = Routes(shared.Hub).Where(route => route.Metadata.GetMetadata<RouteRule>() is RouteRule.Anyone && !IsFile(route)).Select(route => route.RoutePattern.RawText!).Distinct().Order(StringComparer.Ordinal);

        Assert.Equal(["/api/setup", "/api/{**path}", "/health", "/health/ready", "/hooks/{token}", "/setup", "/signin", "/signin/oidc", "/signout", "/workflows/{**path}"], open);
    }

    [Fact]
    public async Task Every_operation_of_the_document_is_a_route_with_a_rule()
    {
        var document = (await shared.Hub.Http.GetFromJsonAsync<JsonObject>("/openapi/v1.json"))!;
        var ruled = Routes(shared.Hub).Select(route => Normal(route.RoutePattern.RawText!)).ToHashSet();

        var operations = document["paths"]!.AsObject().Select(path => path.Key).ToList();

        Assert.True(operations.Count > 50);
        Assert.DoesNotContain(operations, path => !ruled.Contains(Normal(path)));
    }

    internal static IEnumerable<RouteEndpoint> Routes(TestHub hub) => hub.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    private static bool IsFile(RouteEndpoint route) => route.Metadata.Any(item => item.GetType().Name.Contains("StaticAsset", StringComparison.Ordinal));

    private static string Normal(string path) => "/" + path.Trim('/').Replace("**", "", StringComparison.Ordinal);
}
