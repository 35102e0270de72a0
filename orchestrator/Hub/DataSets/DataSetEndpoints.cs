using Flows.Contract.DataSets;
using Flows.Hub.Models;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Flows.Hub.DataSets;

/// <summary>What is asked of the versions of a data set.</summary>
internal static class DataSetEndpoints
{
    /// <param name="from">The earlier version: a number or an alias; the one before <paramref name="to"/> by default.</param>
    /// <param name="to">The later version; the newest by default.</param>
    public static async Task<Results<Ok<DataSetDifference>, ProblemHttpResult>> DifferenceAsync(string name, string? from, string? to, DataSetRegistry registry, DataSetAliases aliases, DataSetComparison comparison, CancellationToken cancellation)
    {
        var project = Origin.Asked.ProjectId;
        if (await aliases.FindAsync(registry, name, to ?? "latest", project, cancellation) is not { } after) return None(name, to ?? "latest");
        var earlier = from ?? $"{Math.Max(1, after.Version - 1)}";
        return await aliases.FindAsync(registry, name, earlier, project, cancellation) is { } before ? TypedResults.Ok(await comparison.OfAsync(before, after, cancellation)) : None(name, earlier);
    }

    public static async Task<Results<NoContent, ProblemHttpResult>> SetAliasAsync(string name, string alias, AliasRequest request, DataSetRegistry registry, DataSetAliases aliases, CancellationToken cancellation)
    {
        if (await registry.FindAsync(name, request.Version, Origin.Asked.ProjectId, cancellation) is not { } version) return None(name, $"{request.Version}");
        await aliases.SetAsync(version, alias, cancellation);
        return TypedResults.NoContent();
    }

    public static async Task<Results<NoContent, ProblemHttpResult>> RemoveAliasAsync(string name, string alias, DataSetAliases aliases, CancellationToken cancellation) =>
        await aliases.RemoveAsync(name, alias, Origin.Asked.ProjectId, cancellation) ? TypedResults.NoContent() : Problems.NotFound($"The data set \"{name}\" has no alias \"{alias}\".");

    public static async Task<Results<Ok<DataSetKeeping>, NoContent>> RetentionAsync(string name, DataSetRetention retention, CancellationToken cancellation) =>
        await retention.FindAsync(name, Origin.Asked.ProjectId, cancellation) is { } keeping ? TypedResults.Ok(keeping) : TypedResults.NoContent();

    public static async Task<Results<Ok<DataSetKeeping>, ProblemHttpResult>> KeepAsync(string name, DataSetKeeping keeping, DataSetRegistry registry, DataSetRetention retention, CancellationToken cancellation)
    {
        if (keeping.KeepVersions is < 1 or > 100_000 || keeping.KeepDays is < 0 or > 36_500) return Problems.Bad("keepVersions is 1 to 100,000, keepDays 0 to 36,500.");
        var project = Origin.Asked.ProjectId;
        if (await registry.FindAsync(name, null, project, cancellation) is null) return Problems.NotFound($"There is no data set \"{name}\".");
        await retention.KeepAsync(name, keeping, project, cancellation);
        return TypedResults.Ok((await retention.FindAsync(name, project, cancellation))!);
    }

    private static ProblemHttpResult None(string name, string version) => Problems.NotFound($"The data set \"{name}\" has no version \"{version}\".");
}
