using Flows.Contract.Runs;
using Flows.Engine.Activities;
using Flows.Hub.Gateway;
using Flows.Hub.Orchestrators;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Flows.Hub.Web;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Endpoints;

/// <summary>An HttpEndpoint in the middle of a run that waits for a request.</summary>
internal sealed record WaitingEndpoint(string BookmarkId, string RunId, RouteValueDictionary Route);

/// <summary>Runs that wait for a request, wherever they are: one of another orchestrator gets the request passed on, since the answer comes from there.</summary>
internal sealed class WaitingRequests(WaitingSteps waits, IDbContextFactory<FlowsDb> databases, HttpAnswers answers) : IDisposable
{
    /// <summary>Marks a request that was passed on once.</summary>
    private const string Forwarded = "Flows-Forwarded";

    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(5) });

    public HttpAnswers Answers { get; } = answers;

    public async Task<IReadOnlyList<WaitingEndpoint>> FindAsync(PathString path, string method, HttpRequest request)
    {
        var rows = await waits.OfTypeAsync(Stimulus.HttpEndpoint, request.HttpContext.RequestAborted);
        var (run, correlation) = (RunOf(request), HttpTriggers.CorrelationOf(request));
        return [.. rows.Where(row => (run is null || row.RunId == run) && (correlation is null || row.CorrelationId == correlation))
            .Select(row => Fitting(row, path, method)).OfType<WaitingEndpoint>()];
    }

    public async Task ForwardAsync(string runId, HttpContext http, HttpReply reply)
    {
        await using var db = await databases.CreateDbContextAsync(http.RequestAborted);
        var run = await db.Set<RunRow>().Where(run => run.Id == runId)
            .Select(run => new { run.Status, Url = db.Set<OrchestratorRow>().Where(owner => owner.Id == run.OwnerId).Select(owner => owner.Url).FirstOrDefault() }).FirstOrDefaultAsync(http.RequestAborted);
        if (run?.Status == RunStatus.Finished) throw new RequestFault($"The run {runId} is over.", StatusCodes.Status404NotFound);
        if (run?.Url is not { Length: > 0 } url || http.Request.Headers.ContainsKey(Forwarded))
        {
            await reply.Problem("Not there", $"The run {runId} changes its owner at this moment; try again.", StatusCodes.Status503ServiceUnavailable);
            return;
        }
        try { await SendAsync(new Uri(new Uri(url), http.Request.Path + http.Request.QueryString), http); }
        catch (HttpRequestException away) { await reply.Problem("Not there", $"The owner of run {runId} does not answer: {away.Message}", StatusCodes.Status503ServiceUnavailable); }
    }

    public void Dispose() => _client.Dispose();

    private async Task SendAsync(Uri target, HttpContext http)
    {
        using var request = ProxyHeaders.Request(http, target, ProxyHeaders.RequestId(http), EndpointSettings.DefaultLimit);
        request.Headers.Add(Forwarded, "1");
        using var response = await _client.SendAsync(request, http.RequestAborted);
        ProxyHeaders.CopyBack(response, http.Response);
        await response.Content.CopyToAsync(http.Response.Body, http.RequestAborted);
    }

    private static WaitingEndpoint? Fitting(BookmarkRow row, PathString path, string method) =>
        row.Name.Split(' ', 2) is [var methods, var template] && methods.Split(',').Contains(method) && HttpRoute.Of(template)?.Match(path) is { } route
            ? new WaitingEndpoint(row.Id, row.RunId, route)
            : null;

    private static string? RunOf(HttpRequest request) =>
        request.Query["workflowInstanceId"] is [{ Length: > 0 } asked, ..] ? asked : request.Headers["x-workflow-instance-id"] is [{ Length: > 0 } sent, ..] ? sent : null;
}
