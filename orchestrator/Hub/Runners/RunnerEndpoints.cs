using Flows.Contract.Activities;
using Flows.Contract.Runners;
using Flows.Hub.Access;
using Flows.Hub.Audit;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Flows.Hub.Runners;

/// <summary>What runners ask and tell over HTTP: for a pass with the runner token, and everything else with that pass (see <see cref="RunnerPasses"/>).</summary>
internal static class RunnerEndpoints
{
    internal const string Talk = "talk between servers and runners: what steps do is in their runs";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var runners = routes.MapGroup("/api/runners").WithTags("runners");
        runners.MapGet("", ListAsync).ForSignedIn();
        runners.MapPost("/pass", Pass).ForRunnerToken().Audited("runner.pass");
        runners.MapPut("/{name}", RegisterAsync).ForRunner().Audited("runner.register");
        runners.MapPost("/{name}/heartbeat", BeatAsync).ForRunner().NotAudited(Talk);
        runners.MapPost("/{name}/take", TakeAsync).ForRunner().NotAudited(Talk);
        runners.MapPost("/{name}/reports", ReportAsync).ForRunner().NotAudited(Talk);
        runners.MapDelete("/{name}", LeaveAsync).ForRunner();
    }

    private static async Task<Ok<IReadOnlyList<RunnerRecord>>> ListAsync(RunnerRegistry runners, JobStore jobs, CancellationToken cancellation)
    {
        var counts = await jobs.CountsAsync(cancellation);
        return TypedResults.Ok<IReadOnlyList<RunnerRecord>>([.. (await runners.ListAsync(cancellation)).Select(runner => new RunnerRecord(
            runner.Name, runner.Status.ToString().ToLowerInvariant(), runner.Capacity, counts.GetValueOrDefault(runner.Name), Words(runner.Labels)) { SeenAt = runner.SeenAt })]);
    }

    private static Ok<RunnerPassAnswer> Pass(RunnerPassRequest asked, RunnerPasses passes)
    {
        if (!PlainName.Is(asked.Name ?? "")) throw new RequestFault("A runner's name is 1 to 60 lower-case letters, digits and dashes.");
        if (LocalRunnerName.IsServers(asked.Name!)) throw new RequestFault($"'{asked.Name}' is what a server calls its own runner. Choose another name.");
        return TypedResults.Ok(new RunnerPassAnswer(passes.Of(asked.Name!), RunnerPasses.Life.TotalSeconds));
    }

    private static async Task<NoContent> RegisterAsync(string name, RunnerRegistration asked, RunnerRegistry runners)
    {
        var labels = asked.Labels ?? [];
        if (labels.FirstOrDefault(label => !PlacementWish.IsLabel(label)) is { } bad) throw new RequestFault($"'{bad}' is no label: {PlacementWish.LabelRule}.");
        if (asked.Capacity is < 0 or > RunnerRegistration.MostCapacity) throw new RequestFault($"A runner's capacity is 0 to {RunnerRegistration.MostCapacity} steps.");
        await runners.RegisterAsync(new RunnerRow
        {
            Name = name, Session = asked.Session, Capacity = asked.Capacity, HasQueue = asked.HasQueue, Home = asked.Home ?? "", Labels = string.Join(',', labels.Select(label => label.ToLowerInvariant()).Distinct()),
        });
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<HeartbeatAnswer>, ProblemHttpResult>> BeatAsync(string name, Heartbeat beat, RunnerRounds rounds, CancellationToken cancellation)
    {
        return await rounds.AnswerAsync(name, beat, cancellation) is { } answer ? TypedResults.Ok(answer) : Problems.Conflict($"The runner '{name}' has to register.");
    }

    private static async Task<Ok<IReadOnlyList<StepAssignment>>> TakeAsync(string name, TakeRequest asked, JobDesk desk)
    {
        return TypedResults.Ok(await desk.TakeAsync(name, asked.Session, asked.Keys));
    }

    private static async Task<NoContent> ReportAsync(string name, ReportRequest said, JobDesk desk)
    {
        await desk.TakeInAsync(name, said.Session, said.Reports);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> LeaveAsync(string name, string session, RunnerRegistry runners)
    {
        await runners.LeaveAsync(name, session);
        return TypedResults.NoContent();
    }

    private static string[] Words(string labels) => labels.Split(',', StringSplitOptions.RemoveEmptyEntries);
}
