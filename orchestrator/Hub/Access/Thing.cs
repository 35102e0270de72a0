using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Access;

/// <summary>What a route is about: it says in whose project the asker needs a role.</summary>
/// <param name="Kind">What messages call it.</param>
public abstract record Thing(string Kind)
{
    /// <summary>Header and query value that name the project of a request which makes something new, or lists.</summary>
    public const string ProjectHeader = "X-Flows-Project";

    /// <summary>The project that the thing belongs to; null when there is no such thing.</summary>
    public abstract Task<string?> ProjectAsync(HttpContext http, FlowsDb db, CancellationToken cancellation);

    /// <summary>What the asker called it; null for what has no name.</summary>
    public virtual string? NameIn(HttpContext http) => null;

    /// <summary>The project that the asker chose; of those it may do something in, the first that allows it.</summary>
    public static Thing Chosen { get; } = new ChosenProject();

    /// <summary>A row whose first key is a value of the route.</summary>
    public static Thing Of<TRow>(string value, string kind) where TRow : OwnedRow => new Row<TRow>(value, kind);

    /// <summary>A run, also by what its id begins: a bookmark, an approval, a task, a step.</summary>
    public static Thing Run(string value, string kind = "run") => new RunOf(value, kind);

    /// <summary>The project that the route names.</summary>
    public static Thing Project(string value) => new Named(value);

    private sealed record ChosenProject() : Thing("project")
    {
        public override async Task<string?> ProjectAsync(HttpContext http, FlowsDb db, CancellationToken cancellation) => ChosenIn(http) is not { } named
            ? FirstOf(http.Actor())
            : await db.Set<Projects.ProjectRow>().Where(row => row.Id == named).Select(row => row.Id).FirstOrDefaultAsync(cancellation);

        public override string? NameIn(HttpContext http) => ChosenIn(http);

        private static string? ChosenIn(HttpContext http) =>
            http.Request.Headers[ProjectHeader] is [{ Length: > 0 } named, ..] ? named : http.Request.Query["project"] is [{ Length: > 0 } asked, ..] ? asked : null;

        // A laptop has one project; so has somebody who is in one. Whoever is in several finds out by the answer.
        private static string FirstOf(Actor actor) => actor.Projects is null || actor.Projects.Contains(Projects.ProjectRow.Default) || actor.Projects.Count == 0 ? Projects.ProjectRow.Default : actor.Projects.Order(StringComparer.Ordinal).First();
    }

    private sealed record Row<TRow>(string Value, string Kind) : Thing(Kind) where TRow : OwnedRow
    {
        public override string? NameIn(HttpContext http) => http.Request.RouteValues[Value] as string;

        public override async Task<string?> ProjectAsync(HttpContext http, FlowsDb db, CancellationToken cancellation)
        {
            var (key, name) = (db.Model.FindEntityType(typeof(TRow))!.FindPrimaryKey()!.Properties[0].Name, NameIn(http));
            return await db.Set<TRow>().IgnoreQueryFilters().Where(row => EF.Property<string>(row, key) == name).Select(row => row.ProjectId).FirstOrDefaultAsync(cancellation);
        }
    }

    private sealed record RunOf(string Value, string Kind) : Thing(Kind)
    {
        public override string? NameIn(HttpContext http) => http.Request.RouteValues[Value] as string;

        public override async Task<string?> ProjectAsync(HttpContext http, FlowsDb db, CancellationToken cancellation)
        {
            var id = BookmarkRow.RunOf(NameIn(http) ?? "");
            return await db.Set<RunRow>().IgnoreQueryFilters().Where(row => row.Id == id).Select(row => row.ProjectId).FirstOrDefaultAsync(cancellation);
        }
    }

    private sealed record Named(string Value) : Thing("project")
    {
        public override string? NameIn(HttpContext http) => http.Request.RouteValues[Value] as string;

        public override async Task<string?> ProjectAsync(HttpContext http, FlowsDb db, CancellationToken cancellation)
        {
            var id = NameIn(http);
            return await db.Set<Projects.ProjectRow>().Where(row => row.Id == id).Select(row => row.Id).FirstOrDefaultAsync(cancellation);
        }
    }
}
