using System.Text.Json;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Hub.Storage;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace Flows.Hub.Web;

/// <summary>Turns what an endpoint threw into problem details: a user's mistake says itself, our own stays vague and is logged.</summary>
public sealed class FaultHandler(ILogger<FaultHandler> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext http, Exception thrown, CancellationToken cancellation)
    {
        if (http.Response.HasStarted || http.RequestAborted.IsCancellationRequested) return false;
        var problem = Describe(thrown);
        if (problem.Status >= 500) log.LogError(thrown, "{Method} {Path} failed", http.Request.Method, http.Request.Path);
        http.Response.StatusCode = problem.Status!.Value;
        await http.Response.WriteAsJsonAsync(problem, options: null, "application/problem+json", cancellation);
        return true;
    }

    private static ProblemDetails Describe(Exception thrown) => thrown switch
    {
        RequestFault fault => Of(fault),
        FlowFileException broken => Of(400, "Not a flow file", broken.Message),
        ActivityFault fault => Of(400, "Bad request", fault.Message),
        BadHttpRequestException bad => Of(bad.StatusCode, "Bad request", bad.InnerException is JsonException json ? $"The body cannot be read as JSON: {json.Message}" : bad.Message),
        JsonException json => Of(400, "Bad request", $"The body cannot be read as JSON: {json.Message}"),
        _ when DiskFull.Is(thrown) => Of(StatusCodes.Status507InsufficientStorage, "No room left", "The disk is full: nothing was kept of this request. Make room and send it again."),
        _ => Of(500, "Something broke in the server", "The server's log says more."),
    };

    private static ProblemDetails Of(RequestFault fault)
    {
        var problem = Of(fault.Status, fault.Status switch { 404 => "Not found", 507 => "No room left", _ => "Bad request" }, fault.Message);
        if (fault.Problems.Count > 0) problem.Extensions["problems"] = fault.Problems;
        return problem;
    }

    private static ProblemDetails Of(int status, string title, string detail) => new() { Status = status, Title = title, Detail = detail };
}
