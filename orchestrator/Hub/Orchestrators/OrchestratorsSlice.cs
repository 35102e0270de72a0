using Flows.Hub.Access;

namespace Flows.Hub.Orchestrators;

/// <summary>Processes that share one database and its runs.</summary>
public static class OrchestratorsSlice
{
    public static IServiceCollection AddOrchestrators(this IServiceCollection services, HubOptions options)
    {
        options.Orchestrators.Checked();
        services.AddSingleton<Orchestrator>();
        services.AddSingleton<Register>();
        services.AddSingleton<Lease>();
        services.AddHostedService(provider => provider.GetRequiredService<Lease>());
        return services;
    }

    public static IEndpointRouteBuilder MapOrchestrators(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/orchestrators", async (Register register, Orchestrator self, CancellationToken cancellation) =>
            TypedResults.Ok((await register.AllAsync(cancellation)).Select(one => Record(one.Row, one.IsAlive, self)))).ForSignedIn().WithTags("orchestrators");
        return routes;
    }

    private static OrchestratorRecord Record(OrchestratorRow row, bool isAlive, Orchestrator self) =>
        new(row.Id, row.Url, row.Machine, row.Version, isAlive ? "online" : "dead", row.StartedAt, row.SeenAt, row.Id == self.Id);
}

/// <param name="Status"><c>online</c>, or <c>dead</c> when its last sign of life is too long ago.</param>
/// <param name="SeenAt">By the database's clock.</param>
/// <param name="IsThis">It is the one that answers.</param>
public sealed record OrchestratorRecord(string Id, string Url, string Machine, string Version, string Status, DateTimeOffset StartedAt, DateTimeOffset SeenAt, bool IsThis);
