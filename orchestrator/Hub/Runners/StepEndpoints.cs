using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Contract.DataSets;
using Flows.Contract.Models;
using Flows.Contract.Secrets;
using Flows.Hub.Access;
using Flows.Hub.Audit;
using Flows.Hub.DataSets;
using Flows.Hub.Flows;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Flows.Hub.Runners;

/// <summary>What a step on another machine reads and does at the server, with its own narrow token and on its own behalf.</summary>
internal static class StepEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var steps = routes.MapGroup("/api/steps/{stepId}").WithTags("runners");
        steps.MapPost("/token", TokenAsync).ForRunnerToken().NotAudited(RunnerEndpoints.Talk);
        steps.MapPost("/take", TakeAsync).ForStep().NotAudited(RunnerEndpoints.Talk);
        steps.MapPost("/heartbeat", BeatAsync).ForStep().NotAudited(RunnerEndpoints.Talk);
        steps.MapPost("/reports", ReportAsync).ForStep().NotAudited(RunnerEndpoints.Talk);
        steps.MapGet("/files/{**path}", FilesAsync).ForStep().WithSummary("A file of the flow or the project with what has to lie beside it: paths and digests.");
        steps.MapGet("/secrets/{name}", SecretAsync).ForStep();
        steps.MapPost("/datasets", async (string stepId, DataSetRegistration data, StepAccess access, HttpContext http, CancellationToken cancellation) =>
            TypedResults.Ok(await (await access.OfAsync(http, stepId)).DataSets.RegisterAsync(data, cancellation))).ForStep().Audited(DataSetsSlice.Registration);
        steps.MapGet("/datasets/{name}", DataSetAsync).ForStep();
        steps.MapPost("/models", async (string stepId, ModelRegistration model, StepAccess access, HttpContext http, CancellationToken cancellation) =>
            TypedResults.Ok(await (await access.OfAsync(http, stepId)).Models.RegisterAsync(model, cancellation))).ForStep().Audited("model.register");
        steps.MapGet("/models/{name}", ModelAsync).ForStep();
        steps.MapPost("/deployments", DeployAsync).ForStep().Audited("deployment.create");
        steps.MapPost("/deployments/{name}/ask", AskAsync).ForStep().NotAudited("a prediction changes nothing");
    }

    /// <summary>The token with which a runner of one step takes it, for whoever has the runner token.</summary>
    private static async Task<Results<Ok<StepTokenAnswer>, ProblemHttpResult>> TokenAsync(string stepId, StepTokens tokens, OneStepRunners runners)
    {
        return await runners.FindAsync(stepId) is { } job ? TypedResults.Ok(new StepTokenAnswer(tokens.Of(job.Key))) : Problems.NotFound($"Step '{stepId}' is no job that waits or runs.");
    }

    private static async Task<Results<Ok<IReadOnlyList<StepAssignment>>, ProblemHttpResult>> TakeAsync(string stepId, TakeRequest asked, OneStepRunners runners)
    {
        return await runners.TakeAsync(stepId, asked) is { Count: > 0 } taken ? TypedResults.Ok(taken) : Problems.Conflict($"Step '{stepId}' does not wait for a runner.");
    }

    private static async Task<Results<Ok<HeartbeatAnswer>, ProblemHttpResult>> BeatAsync(string stepId, Heartbeat beat, RunnerRounds rounds, CancellationToken cancellation)
    {
        return await rounds.AnswerAsync(OneStepRunners.NameOf(beat.Session), beat, cancellation) is { } answer ? TypedResults.Ok(answer) : Problems.Conflict("This runner is not known.");
    }

    private static async Task<NoContent> ReportAsync(string stepId, ReportRequest said, OneStepRunners runners)
    {
        await runners.TakeInAsync(stepId, said);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<IReadOnlyList<FlowFileEntry>>> FilesAsync(string stepId, string path, StepAccess access, HttpContext http, CancellationToken cancellation) =>
        TypedResults.Ok(await (await access.FilesAsync(http, stepId)).ListAsync(Uri.UnescapeDataString(path), cancellation));

    /// <summary>A secret that the step's activity names; any other is not there for it.</summary>
    private static async Task<Results<Ok<SecretValue>, ProblemHttpResult>> SecretAsync(string stepId, string name, StepAccess access, HttpContext http, CancellationToken cancellation)
    {
        http.Response.Headers.CacheControl = "no-store";
        return await access.SecretAsync(http, stepId, name, cancellation) is { } value ? TypedResults.Ok(new SecretValue { Value = value }) : Problems.NotFound($"The step names no secret \"{name}\", or there is none.");
    }

    private static async Task<Results<Ok<DataSetVersion>, ProblemHttpResult>> DataSetAsync(string stepId, string name, int? version, StepAccess access, HttpContext http, CancellationToken cancellation) =>
        await (await access.OfAsync(http, stepId)).DataSets.FindAsync(name, version, cancellation) is { } found ? TypedResults.Ok(found) : Problems.NotFound($"There is no data set \"{name}\".");

    private static async Task<Results<Ok<ModelVersion>, ProblemHttpResult>> ModelAsync(string stepId, string name, int? version, StepAccess access, HttpContext http, CancellationToken cancellation) =>
        await (await access.OfAsync(http, stepId)).Models.FindAsync(name, version, cancellation) is { } found ? TypedResults.Ok(found) : Problems.NotFound($"There is no model \"{name}\".");

    private static async Task<Ok<Deployment>> DeployAsync(string stepId, DeploymentRequest deployment, StepAccess access, HttpContext http, CancellationToken cancellation)
    {
        var step = await access.OfAsync(http, stepId);
        // As the run's own deed, like that of a step on this machine.
        AuditedRequest.Of(http).IsRecorded = true;
        return TypedResults.Ok(await step.Deployments.DeployAsync(deployment, cancellation));
    }

    /// <param name="route">Behind the deployment, for example <c>v1/models/digits:predict</c>.</param>
    private static async Task<Ok<JsonNode>> AskAsync(string stepId, string name, string route, JsonNode body, StepAccess access, HttpContext http, CancellationToken cancellation) =>
        TypedResults.Ok(await (await access.OfAsync(http, stepId)).Deployments.AskAsync(name, route, body, cancellation));
}

/// <summary>What the step whose token a request carries may do, as long as it is under way.</summary>
public sealed class StepAccess(JobStore jobs, IServiceProvider services)
{
    /// <exception cref="RequestFault">409: the attempt is over.</exception>
    public async Task<StepCapabilities> OfAsync(HttpContext http, string stepId)
    {
        var job = await JobAsync(http, stepId);
        return RunnersSlice.HubCapabilities(services, new StepIdentity(job.ProjectId, job.Author, job.DefinitionId, job.RunId, stepId));
    }

    /// <summary>The flow's and the project's files as the step sees them.</summary>
    /// <exception cref="RequestFault">As above.</exception>
    public async Task<StepFiles> FilesAsync(HttpContext http, string stepId) =>
        services.GetRequiredService<Func<string, StepFiles>>()((await JobAsync(http, stepId)).DefinitionId);

    /// <summary>Null when the step's activity does not name the secret, or there is none.</summary>
    /// <exception cref="RequestFault">As above.</exception>
    public async Task<string?> SecretAsync(HttpContext http, string stepId, string name, CancellationToken cancellation)
    {
        var job = await JobAsync(http, stepId);
        if (!SecretUse.Of(new FlowActivity((JsonObject)JsonNode.Parse(job.Activity)!)).Any(use => use.Name == name)) return null;
        return await services.GetRequiredService<ISecrets>().FindAsync(job.ProjectId, name, cancellation);
    }

    /// <summary>The step's job, and the values of the secrets that its activity names.</summary>
    /// <exception cref="RequestFault">As above.</exception>
    public async Task<(StepJobRow Job, SecretMask Secrets)> JobAndSecretsAsync(HttpContext http, string stepId, CancellationToken cancellation)
    {
        var (job, mask) = (await JobAsync(http, stepId), new SecretMask());
        foreach (var use in SecretUse.Of(new FlowActivity((JsonObject)JsonNode.Parse(job.Activity)!)))
        {
            if (await services.GetRequiredService<ISecrets>().FindAsync(job.ProjectId, use.Name, cancellation) is { } value) mask.Add(value);
        }
        return (job, mask);
    }

    private async Task<StepJobRow> JobAsync(HttpContext http, string stepId)
    {
        var key = ((Actor.Step)http.Actor()).Job;
        var job = await jobs.FindAsync(key.JobId);
        if (job is null || job.Attempt != key.Attempt || job.State != JobState.Placed)
            throw new RequestFault($"Attempt {key.Attempt} of step '{stepId}' is over.", StatusCodes.Status409Conflict);
        return job;
    }
}
