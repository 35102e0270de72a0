using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Engine;
using Flows.Engine.Activities;
using Flows.Hub.Access;
using Flows.Hub.Artifacts;
using Flows.Hub.Flows;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Flows.Hub.Triggers;
using Flows.Hub.Web;

namespace Flows.Hub.Endpoints;

/// <summary>Requests under <c>/workflows/…</c>: each starts the published flow that serves its path and method, or resumes the run that waits for it.</summary>
internal sealed class HttpTriggers(TriggerIndex index, IFlowLookup flows, RunHost host, WaitingRequests waits, RequestFires fires)
{
    public const string Root = "/workflows";

    public async Task ServeAsync(HttpContext http)
    {
        var path = new PathString("/" + (http.Request.RouteValues["path"] as string ?? ""));
        var reply = new HttpReply(http.Response, Artifacts(http));
        var serving = await EndpointsAsync(path, http.RequestAborted);
        var method = http.Request.Method.ToLowerInvariant();
        if (serving.Find(endpoint => endpoint.Method == method) is { } found) await StartAsync(found, http, reply);
        else if (await waits.FindAsync(path, method, http.Request) is { Count: > 0 } waiting) await ResumeAsync(waiting, http, reply);
        else await reply.Problem("Not found", NotFound(path, method, serving), StatusCodes.Status404NotFound);
    }

    private async Task StartAsync(ServedEndpoint endpoint, HttpContext http, HttpReply reply)
    {
        if (!await AllowedAsync(endpoint.Settings, endpoint.Trigger.ProjectId, http, reply)) return;
        using var own = In(endpoint.Trigger).Enter();
        var received = await new ReceivedRequest(http.Request, endpoint.Settings, Artifacts(http)).ReadAsync(endpoint.Route, http.RequestAborted);
        var definition = await flows.RunnableAsync(endpoint.Trigger.DefinitionId, false, http.RequestAborted) ?? throw new RequestFault("The flow was unpublished at this moment.", StatusCodes.Status404NotFound);
        host.DemandRoom();
        var runId = host.NewId();
        using var waiting = waits.Answers.Expect(runId);
        waiting.Arm();
        var request = new RunRequest { CorrelationId = CorrelationOf(http.Request), TriggerActivityId = endpoint.Trigger.ActivityId, TriggerInput = received };
        var run = await host.StartAsync(definition, request, new RunOrigin(endpoint.Trigger.ProjectId, endpoint.Trigger.Author, "http") { RunId = runId });
        fires.Note(new TriggerKey(endpoint.Trigger.DefinitionId, endpoint.Trigger.ActivityId), runId);
        await AnswerAsync(run, waiting, endpoint.Settings, reply, http);
    }

    private async Task ResumeAsync(IReadOnlyList<WaitingEndpoint> found, HttpContext http, HttpReply reply)
    {
        if (found is not [var endpoint])
        {
            await reply.Problem("Ambiguous", "The call is ambiguous and matches multiple workflows. Say which run is meant by correlationId or workflowInstanceId.", StatusCodes.Status409Conflict, new() { ["runs"] = found.Select(one => one.RunId) });
            return;
        }
        if (host.Find(endpoint.RunId) is not { } run)
        {
            await waits.ForwardAsync(endpoint.RunId, http, reply);
            return;
        }
        // Its row goes a moment after the request that it waited for has come.
        if (run.InputsAt(endpoint.BookmarkId) is not { } inputs) throw new RequestFault("The run waits for this request no longer.", StatusCodes.Status404NotFound);
        var settings = new EndpointSettings(inputs);
        if (!await AllowedAsync(settings, run.Row.ProjectId, http, reply)) return;
        using var own = In(run.Row).Enter();
        var received = await new ReceivedRequest(http.Request, settings, Artifacts(http)).ReadAsync(endpoint.Route, http.RequestAborted);
        using var waiting = waits.Answers.Expect(run.Row.Id);
        if (!await run.PostAsync(new RunEvent.BookmarkResumed(endpoint.BookmarkId, received), waiting.Arm)) throw new RequestFault("The run was over at this moment.", StatusCodes.Status404NotFound);
        await AnswerAsync(run, waiting, settings, reply, http);
    }

    // Files that come belong to the flow's project, and files that it answers with have to.
    private static Sight In(OwnedRow flows) => Sight.Of(flows) with { Author = Sight.Current.Author };

    private static async Task<bool> AllowedAsync(EndpointSettings settings, string project, HttpContext http, HttpReply reply)
    {
        var actor = http.Actor();
        if (!settings.Authorize || actor is not Actor.Local && actor.RoleIn(project) is not null) return true;
        await reply.Problem("Not allowed", $"This endpoint takes only requests of people who are logged in{(actor is Actor.Local ? ", and this server has no logins" : " and in its project")}.", StatusCodes.Status401Unauthorized);
        return false;
    }

    private async Task AnswerAsync(LiveRun run, WaitingRequest waiting, EndpointSettings settings, HttpReply reply, HttpContext http)
    {
        http.Response.Headers[HttpReply.RunHeader] = run.Row.Id;
        using var open = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, host.Stopping);
        try
        {
            switch (await waiting.Outcome.WaitAsync(settings.Timeout, open.Token))
            {
                case HttpOutcome.Written written: await reply.WriteAsync(written.Response, http.RequestAborted); break;
                case HttpOutcome.Settled settled: await reply.WriteAsync(settled.SubStatus, run.ToRecord(), run.Row.Id); break;
            }
        }
        catch (TimeoutException)
        {
            await reply.Problem("No answer in time", $"The flow did not answer within {settings.Timeout}; its run goes on.", StatusCodes.Status504GatewayTimeout, new() { ["runId"] = run.Row.Id });
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            await reply.Problem("The server stops", "The run goes on when the server is back.", StatusCodes.Status503ServiceUnavailable, new() { ["runId"] = run.Row.Id });
        }
    }

    // The most exact path first; the index is asked each time, since another orchestrator may have published.
    private async Task<List<ServedEndpoint>> EndpointsAsync(PathString path, CancellationToken cancellation)
    {
        var rows = await index.FindAsync(Stimulus.HttpEndpoint, null, cancellation);
        return [.. rows.Select(row => ServedEndpoint.Of(row, path)).OfType<ServedEndpoint>().OrderBy(endpoint => endpoint.Precedence)];
    }

    private static string NotFound(PathString path, string method, List<ServedEndpoint> serving) => serving.Count == 0
        ? $"No published flow serves {path}."
        : $"{path} is served for {string.Join(", ", serving.Select(endpoint => endpoint.Method.ToUpperInvariant()).Distinct())}, not for {method.ToUpperInvariant()}.";

    internal static string? CorrelationOf(HttpRequest request) =>
        request.Query["correlationId"] is [{ Length: > 0 } asked, ..] ? asked : request.Headers["x-correlation-id"] is [{ Length: > 0 } sent, ..] ? sent : null;

    private static ArtifactStore Artifacts(HttpContext http) => http.RequestServices.GetRequiredService<ArtifactStore>();
}

/// <summary>An endpoint whose path fits a request.</summary>
internal sealed record ServedEndpoint(TriggerRow Trigger, string Method, RouteValueDictionary Route, decimal Precedence)
{
    public EndpointSettings Settings { get; } = new(JsonNode.Parse(Trigger.Inputs)!.AsObject());

    public static ServedEndpoint? Of(TriggerRow row, PathString path)
    {
        var (method, template) = row.Key.Split(' ', 2) switch { [var verb, var rest] => (verb, rest), _ => ("", row.Key) };
        if (HttpRoute.Of(template) is not { } route || route.Match(path) is not { } values) return null;
        return new ServedEndpoint(row, method, values, route.Precedence);
    }
}
