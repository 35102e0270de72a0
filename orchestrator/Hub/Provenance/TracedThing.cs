using Flows.Hub.Access;
using Flows.Hub.Access.Projects;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Provenance;

/// <summary>What a trace is about: in the project that is chosen, else in one of the asker's own that has it.</summary>
internal sealed record TracedThing() : Thing("thing")
{
    public override string? NameIn(HttpContext http) => IdIn(http) is { } id ? $"{http.Request.RouteValues["kind"]}/{id}" : null;

    public override async Task<string?> ProjectAsync(HttpContext http, FlowsDb db, CancellationToken cancellation)
    {
        if (KindIn(http) is not { } traced || IdIn(http) is not { } id) return null;
        var having = traced.ProjectsOf(db, id);
        if (http.Actor().Projects is { } mine) having = having.Where(project => mine.Contains(project));
        var found = await having.Distinct().OrderBy(project => project).ToListAsync(cancellation);
        if (Chosen.NameIn(http) is { } chosen) return found.Contains(chosen) ? chosen : null;
        return found.Contains(ProjectRow.Default) ? ProjectRow.Default : found.FirstOrDefault();
    }

    public static ITraced? KindIn(HttpContext http) =>
        http.Request.RouteValues["kind"] is string kind ? http.RequestServices.GetServices<ITraced>().FirstOrDefault(traced => traced.Kind == kind) : null;

    // An address may have its slashes escaped: ids of requests have some.
    public static string? IdIn(HttpContext http) => (http.Request.RouteValues["id"] as string)?.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
