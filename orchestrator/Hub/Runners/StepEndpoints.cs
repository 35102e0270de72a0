using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Contract.Models;
using Flows.Contract.Secrets;
using Flows.Hub.Audit;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Flows.Hub.Runners;

/// <summary>What a step on another machine reads and does at the server, with its own narrow token and on its own behalf.</summary>
internal static class StepEndpoints
{
    private const string Talk = "talk between servers and runners: what steps do is in their runs";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var steps = routes.MapGroup("/api/steps/{stepId}").WithTags("runners");
        steps.MapPost("/token", TokenAsync).NotAudited(Talk);
        steps.MapPost("/take", TakeAsync).NotAudited(Talk);
        steps.MapPost("/heartbeat", BeatAsync).NotAudited(Talk);
        steps.MapPost("/reports", ReportAsync).NotAudited(Talk);
        steps.MapGet("/files/{**path}", FileAsync);
        steps.MapGet("/secrets/{name}", SecretAsync);
        steps.MapPost("/models", async (string stepId, ModelRegistration model, StepAccess access, HttpRequest request, CancellationToken cancellation) =>
            TypedResults.Ok(await (await access.OfAsync(request, stepId)).Models.RegisterAsync(model, cancellation))).Audited("model.register");
        steps.MapGet("/models/{name}", ModelAsync);
        steps.MapPost("/deployments", async (string stepId, DeploymentRequest deployment, StepAccess access, HttpRequest request, CancellationToken cancellation) =>
            TypedResults.Ok(await (await access.OfAsync(request, stepId)).Deployments.DeployAsync(deployment, cancellation))).Audited("deployment.create");
        steps.MapPost("/deployments/{name}/ask", AskAsync).NotAudited("a prediction changes nothing");
    }

    /// <summary>The token with which a runner of one step takes it, for whoever has the runner token.</summary>
    private static async Task<Results<Ok<StepTokenAnswer>, ProblemHttpResult>> TokenAsync(string stepId, HttpRequest request, RunnerToken token, StepTokens tokens, OneStepRunners runners)
    {
        token.Demand(request);
        return await runners.FindAsync(stepId) is { } job ? TypedResults.Ok(new StepTokenAnswer(tokens.Of(job.Key))) : Problems.NotFound($"Step '{stepId}' is no job that waits or runs.");
    }

    private static async Task<Results<Ok<IReadOnlyList<StepAssignment>>, ProblemHttpResult>> TakeAsync(string stepId, TakeRequest asked, HttpRequest request, RunnerToken token, OneStepRunners runners)
    {
        token.DemandEither(request, stepId);
        return await runners.TakeAsync(stepId, asked) is { Count: > 0 } taken ? TypedResults.Ok(taken) : Problems.Conflict($"Step '{stepId}' does not wait for a runner.");
    }

    private static async Task<Results<Ok<HeartbeatAnswer>, ProblemHttpResult>> BeatAsync(string stepId, Heartbeat beat, HttpRequest request, RunnerToken token, RunnerRounds rounds, CancellationToken cancellation)
    {
        token.DemandEither(request, stepId);
        return await rounds.AnswerAsync(OneStepRunners.NameOf(beat.Session), beat, cancellation) is { } answer ? TypedResults.Ok(answer) : Problems.Conflict("This runner is not known.");
    }

    private static async Task<NoContent> ReportAsync(string stepId, ReportRequest said, HttpRequest request, RunnerToken token, OneStepRunners runners)
    {
        token.DemandEither(request, stepId);
        await runners.TakeInAsync(stepId, said);
        return TypedResults.NoContent();
    }

    private static async Task<PhysicalFileHttpResult> FileAsync(string stepId, string path, StepAccess access, HttpRequest request, CancellationToken cancellation) =>
        TypedResults.PhysicalFile(await (await access.OfAsync(request, stepId)).Files.FetchAsync(Uri.UnescapeDataString(path), cancellation), "application/octet-stream");

    /// <summary>A secret that the step's activity names; any other is not there for it.</summary>
    private static async Task<Results<Ok<SecretValue>, ProblemHttpResult>> SecretAsync(string stepId, string name, StepAccess access, HttpContext http, CancellationToken cancellation)
    {
        http.Response.Headers.CacheControl = "no-store";
        return await access.SecretAsync(http.Request, stepId, name, cancellation) is { } value ? TypedResults.Ok(new SecretValue { Value = value }) : Problems.NotFound($"The step names no secret \"{name}\", or there is none.");
    }

    private static async Task<Results<Ok<ModelVersion>, ProblemHttpResult>> ModelAsync(string stepId, string name, int? version, StepAccess access, HttpRequest request, CancellationToken cancellation) =>
        await (await access.OfAsync(request, stepId)).Models.FindAsync(name, version, cancellation) is { } found ? TypedResults.Ok(found) : Problems.NotFound($"There is no model \"{name}\".");

    /// <param name="route">Behind the deployment, for example <c>v1/models/digits:predict</c>.</param>
    private static async Task<Ok<JsonNode>> AskAsync(string stepId, string name, string route, JsonNode body, StepAccess access, HttpRequest request, CancellationToken cancellation) =>
        TypedResults.Ok(await (await access.OfAsync(request, stepId)).Deployments.AskAsync(name, route, body, cancellation));
}

/// <summary>What the step whose token a request carries may do, as long as it is under way.</summary>
public sealed class StepAccess(RunnerToken token, JobStore jobs, IServiceProvider services)
{
    /// <exception cref="RequestFault">401: no token of this step; 409: the attempt is over.</exception>
    public async Task<StepCapabilities> OfAsync(HttpRequest request, string stepId)
    {
        var job = await JobAsync(request, stepId);
        return RunnersSlice.HubCapabilities(services, new StepIdentity(job.ProjectId, job.Author, job.DefinitionId, job.RunId, stepId));
    }

    /// <summary>Null when the step's activity does not name the secret, or there is none.</summary>
    /// <exception cref="RequestFault">As above.</exception>
    public async Task<string?> SecretAsync(HttpRequest request, string stepId, string name, CancellationToken cancellation)
    {
        var job = await JobAsync(request, stepId);
        if (!SecretUse.Of(new FlowActivity((JsonObject)JsonNode.Parse(job.Activity)!)).Any(use => use.Name == name)) return null;
        return await services.GetRequiredService<ISecrets>().FindAsync(job.ProjectId, name, cancellation);
    }

    private async Task<StepJobRow> JobAsync(HttpRequest request, string stepId)
    {
        var key = token.DemandStep(request, stepId);
        var job = await jobs.FindAsync(key.JobId);
        if (job is null || job.Attempt != key.Attempt || job.State != JobState.Placed)
            throw new RequestFault($"Attempt {key.Attempt} of step '{stepId}' is over.", StatusCodes.Status409Conflict);
        return job;
    }
}
