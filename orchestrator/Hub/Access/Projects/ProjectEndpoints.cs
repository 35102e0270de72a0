using Flows.Hub.Access.People;
using Flows.Hub.Storage;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Access.Projects;

internal static class ProjectEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var project = Thing.Project("projectId");
        var projects = routes.MapGroup("/api/projects").WithTags("access");
        projects.MapGet("", ListAsync).ForSignedIn();
        projects.MapPost("", CreateAsync).ForAdministrators();
        projects.MapGet("/{projectId}/members", MembersAsync).Needs(Role.Viewer, project);
        projects.MapPut("/{projectId}/members/{kind}/{member}", SetAsync).Needs(Role.Owner, project);
        projects.MapDelete("/{projectId}/members/{kind}/{member}", RemoveAsync).Needs(Role.Owner, project);
    }

    /// <summary>Those that one is in, with one's role.</summary>
    private static async Task<Ok<IReadOnlyList<ProjectSummary>>> ListAsync(HttpContext http, IDbContextFactory<FlowsDb> databases, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return TypedResults.Ok(await OfAsync(http.Actor(), db, cancellation));
    }

    internal static async Task<IReadOnlyList<ProjectSummary>> OfAsync(Actor actor, FlowsDb db, CancellationToken cancellation)
    {
        var rows = await db.Set<ProjectRow>().AsNoTracking().OrderBy(row => row.Name).ToListAsync(cancellation);
        return [.. rows.Select(row => (row, role: actor.RoleIn(row.Id))).Where(one => one.role is not null).Select(one => new ProjectSummary(one.row.Id, one.row.Name, one.role!.Value))];
    }

    private static async Task<Created<ProjectSummary>> CreateAsync(NewProject asked, IDbContextFactory<FlowsDb> databases, CancellationToken cancellation)
    {
        if (asked.Id is not { } id || !PlainName.Is(id)) throw new RequestFault("A project's id is 1 to 60 lower-case letters, digits and dashes.");
        if (asked.Name is { Length: > 100 }) throw new RequestFault("A project's name is at most 100 characters.");
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (await db.Set<ProjectRow>().AnyAsync(row => row.Id == id, cancellation)) throw new RequestFault($"There is a project '{id}' already.", StatusCodes.Status409Conflict);
        db.Add(new ProjectRow { Id = id, ProjectId = id, Name = asked.Name is { Length: > 0 } name ? name : id });
        await db.SaveChangesAsync(cancellation);
        return TypedResults.Created($"/api/projects/{id}", new ProjectSummary(id, asked.Name ?? id, Role.Administrator));
    }

    private static async Task<Ok<IReadOnlyList<Member>>> MembersAsync(string projectId, IDbContextFactory<FlowsDb> databases, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = await db.Set<MemberRow>().AsNoTracking().Where(row => row.ProjectId == projectId).ToListAsync(cancellation);
        var names = await db.Set<PersonRow>().AsNoTracking().ToDictionaryAsync(row => row.Id, row => row.Name, cancellation);
        return TypedResults.Ok<IReadOnlyList<Member>>([.. rows.Select(row => new Member(row.Kind, row.Kind == MemberKind.Person ? names.GetValueOrDefault(row.Member, row.Member) : row.Member, row.Role)).OrderBy(member => member.Name, StringComparer.Ordinal)]);
    }

    /// <param name="kind"><c>person</c> or <c>group</c>.</param>
    /// <param name="member">The person's name, or the group's as the identity provider says it.</param>
    private static async Task<Ok<Member>> SetAsync(string projectId, string kind, string member, MemberRequest asked, IDbContextFactory<FlowsDb> databases, CancellationToken cancellation)
    {
        if (asked.Role is < Role.Viewer or > Role.Owner) throw new RequestFault("A member's role is viewer, editor, operator or owner.");
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var (which, id) = (KindOf(kind), await IdOfAsync(db, KindOf(kind), member, cancellation));
        var row = await db.Set<MemberRow>().FindAsync([projectId, which, id], cancellation) ?? db.Add(new MemberRow { Kind = which, Member = id, ProjectId = projectId }).Entity;
        row.Role = asked.Role;
        await db.SaveChangesAsync(cancellation);
        return TypedResults.Ok(new Member(which, member, asked.Role));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(string projectId, string kind, string member, IDbContextFactory<FlowsDb> databases, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var (which, id) = (KindOf(kind), await IdOfAsync(db, KindOf(kind), member, cancellation));
        return await db.Set<MemberRow>().Where(row => row.ProjectId == projectId && row.Kind == which && row.Member == id).ExecuteDeleteAsync(cancellation) > 0
            ? TypedResults.NoContent()
            : Problems.NotFound($"'{member}' is no member of project '{projectId}'.");
    }

    private static MemberKind KindOf(string kind) => kind switch
    {
        "person" => MemberKind.Person,
        "group" => MemberKind.Group,
        _ => throw new RequestFault($"A member is a person or a group, not a '{kind}'."),
    };

    private static async Task<string> IdOfAsync(FlowsDb db, MemberKind kind, string member, CancellationToken cancellation)
    {
        if (kind == MemberKind.Group) return member;
        var name = member.ToUpperInvariant();
        return await db.Set<PersonRow>().Where(row => row.NormalizedName == name).Select(row => row.Id).FirstOrDefaultAsync(cancellation)
            ?? throw new RequestFault($"There is nobody called '{member}'.", StatusCodes.Status404NotFound);
    }
}
