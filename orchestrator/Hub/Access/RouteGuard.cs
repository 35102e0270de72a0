using Flows.Contract.Runs;
using Flows.Hub.Audit;
using Flows.Hub.Runners;
using Flows.Hub.Storage;
using Flows.Hub.Web;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Access;

/// <summary>
/// Holds every request to its route's rule. What the asker may not read is answered like what does not exist; what it may
/// read and not do is refused. What lies behind sees only rows of the asker's projects.
/// </summary>
public sealed class RouteGuard(RequestDelegate next, IDbContextFactory<FlowsDb> databases)
{
    public async Task InvokeAsync(HttpContext http)
    {
        if (http.GetEndpoint() is not { } endpoint)
        {
            await next(http);
            return;
        }
        var actor = http.Actor();
        var verdict = await VerdictAsync(RouteRules.Of(endpoint), actor, http);
        if (verdict.Refusal is { } refusal)
        {
            if (verdict.Status == StatusCodes.Status401Unauthorized) http.Response.Headers.WWWAuthenticate = "Bearer";
            await refusal.ExecuteAsync(http);
            return;
        }
        if (http.Features.Get<AuditedRequest>() is { } audited) audited.ProjectId = verdict.Sight!.ProjectId;
        using var sight = verdict.Sight!.Enter();
        await next(http);
    }

    private async Task<Verdict> VerdictAsync(RouteRule? rule, Actor actor, HttpContext http) => rule switch
    {
        RouteRule.Anyone => OfTheServer(actor),
        RouteRule.Page when actor.IsSignedIn => new Verdict(RouteRules.SightOf(actor, null)),
        RouteRule.Page => new Verdict(StatusCodes.Status302Found, Results.Redirect($"/signin?return={Uri.EscapeDataString(http.Request.Path + http.Request.QueryString)}")),
        RouteRule.RunnerToken => actor is Actor.Runner { Machine: null } ? OfTheServer(actor) : Unknown(RunnerToken.Wanted),
        RouteRule.OwnRunner => actor is Actor.Runner { Machine: { } machine } && machine == (string?)http.Request.RouteValues["name"] ? OfTheServer(actor)
            : Unknown($"The pass is missing, has expired, or is not one of runner '{http.Request.RouteValues["name"]}': POST /api/runners/pass gives one for the runner token."),
        RouteRule.OwnStep => actor is Actor.Step step && step.Job.StepId == (string?)http.Request.RouteValues["stepId"] ? await OfOwnStepAsync(actor, http) : Unknown($"The token is missing, or not one of step '{http.Request.RouteValues["stepId"]}'."),
        RouteRule.InProject { OrStep: true } own when actor is Actor.Step itself => await OfStepAsync(own, itself, http),
        null => new Verdict(StatusCodes.Status403Forbidden, Refused("This route says nobody may use it.")),
        _ when !actor.IsSignedIn => Unknown(actor is Actor.Anonymous ? "Sign in, or send an API token in the Authorization header." : "This token is not for this route."),
        RouteRule.SignedIn => await SignedInAsync(actor, http),
        RouteRule.Administrators => actor.IsAdministrator ? new Verdict(RouteRules.SightOf(actor, null)) : new Verdict(StatusCodes.Status403Forbidden, Refused("Only administrators of this server may do this.")),
        RouteRule.InProject needed => await InProjectAsync(needed, actor, http),
        RouteRule.ToDeploy change => await InProjectAsync(new RouteRule.InProject(Role.Viewer, change.Thing), actor, http),
        _ => throw new InvalidOperationException($"No verdict for {rule}."),
    };

    // A list is of all of one's projects, or of the one that the request names.
    private async Task<Verdict> SignedInAsync(Actor actor, HttpContext http)
    {
        if (Thing.Chosen.NameIn(http) is not { } named) return new Verdict(RouteRules.SightOf(actor, null));
        return actor.RoleIn(named) is not null && await ProjectAsync(Thing.Chosen, http) is { } project
            ? new Verdict(new Sight(project, actor.Name, [project]))
            : new Verdict(StatusCodes.Status404NotFound, Problems.NotFound($"There is no project '{named}'."));
    }

    private async Task<Verdict> InProjectAsync(RouteRule.InProject needed, Actor actor, HttpContext http)
    {
        var (isChosen, isRead) = (needed.Thing == Thing.Chosen, HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method));
        var project = actor.IsAdministrator && isRead && !isChosen ? null : await ProjectAsync(needed.Thing, http);
        // Whoever may everything is told by the route itself what is not there, and may make it.
        if (project is null && actor.IsAdministrator && !isChosen) return new Verdict(RouteRules.SightOf(actor, null));
        if (project is null || actor.RoleIn(project) is not { } role)
            return new Verdict(StatusCodes.Status404NotFound, Problems.NotFound(needed.Thing.NameIn(http) is { } name ? $"There is no {needed.Thing.Kind} '{name}'." : "You are in no project."));
        // Whatever else the asker is in: this request is about one project.
        return role >= needed.Role
            ? new Verdict(new Sight(project, actor.Name, actor.IsAdministrator ? null : [project]))
            : new Verdict(StatusCodes.Status403Forbidden, Refused($"This needs the role {needed.Role.Word()} in project '{project}'; yours is {role.Word()}."));
    }

    // A step sees what belongs to its run's project through its own run alone, and as long as that is under way.
    private async Task<Verdict> OfStepAsync(RouteRule.InProject needed, Actor.Step step, HttpContext http)
    {
        await using var db = await databases.CreateDbContextAsync(http.RequestAborted);
        var run = await db.Set<Runs.RunRow>().Where(row => row.Id == step.Job.RunId).Select(row => new { row.ProjectId, row.Status }).FirstOrDefaultAsync(http.RequestAborted);
        if (run?.Status == RunStatus.Finished) return Unknown("The run of this token is over.");
        var project = run?.ProjectId;
        var asked = needed.Thing == Thing.Chosen ? project : await needed.Thing.ProjectAsync(http, db, http.RequestAborted);
        var isIts = needed.Thing.Kind != "run" || needed.Thing.NameIn(http) == step.Job.RunId;
        return project is not null && asked == project && isIts
            ? new Verdict(new Sight(project, step.Name, [project]))
            : new Verdict(StatusCodes.Status404NotFound, Problems.NotFound($"There is no {needed.Thing.Kind} '{needed.Thing.NameIn(http)}'."));
    }

    private async Task<Verdict> OfOwnStepAsync(Actor actor, HttpContext http)
    {
        if (actor is not Actor.Step step) return OfTheServer(actor);
        await using var db = await databases.CreateDbContextAsync(http.RequestAborted);
        var run = await db.Set<Runs.RunRow>().AsNoTracking().Where(row => row.Id == step.Job.RunId).Select(row => new { row.ProjectId, row.Author }).FirstOrDefaultAsync(http.RequestAborted);
        return run is null ? OfTheServer(actor) : new Verdict(new Sight(run.ProjectId, run.Author, [run.ProjectId]));
    }

    private async Task<string?> ProjectAsync(Thing thing, HttpContext http)
    {
        await using var db = await databases.CreateDbContextAsync(http.RequestAborted);
        return await thing.ProjectAsync(http, db, http.RequestAborted);
    }

    private static Verdict OfTheServer(Actor actor) => new(Sight.Everything with { Author = actor.Name });

    private static Verdict Unknown(string why) => new(StatusCodes.Status401Unauthorized, TypedResults.Problem(why, statusCode: StatusCodes.Status401Unauthorized, title: "Not signed in"));

    private static IResult Refused(string why) => TypedResults.Problem(why, statusCode: StatusCodes.Status403Forbidden, title: "Not allowed");

    private sealed record Verdict(Sight? Sight, int Status = StatusCodes.Status200OK, IResult? Refusal = null)
    {
        public Verdict(int status, IResult refusal) : this(null, status, refusal) { }
    }
}
