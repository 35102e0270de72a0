using System.Text.Json.Nodes;
using Flows.Hub.Access;

namespace Flows.Hub.Audit;

/// <summary>A request that will be recorded; the endpoint may add what only it knows, or record it itself with its change.</summary>
public sealed class AuditedRequest
{
    private readonly HttpContext _http;
    private readonly AuditedRoute _route;
    private readonly JsonObject _details = [];
    private readonly string _thing;

    // Route values are taken now: a fault clears them.
    private AuditedRequest(HttpContext http, AuditedRoute route)
    {
        (_http, _route) = (http, route);
        _thing = route.IdName is { } id && http.Request.RouteValues[id] is string named ? Shown(id, named) : "";
        foreach (var (name, value) in http.Request.RouteValues)
        {
            if (name != route.IdName && value is string text) _details[name] = Shown(name, AuditLog.Plain(text));
        }
    }

    /// <summary>It is in the log already.</summary>
    public bool IsRecorded { get; set; }

    /// <summary>Project that the thing belongs to, once the route's rule has found it.</summary>
    public string ProjectId { get; set; } = Access.Projects.ProjectRow.Default;

    /// <summary>The request's own; one that nobody reads for a request that is not recorded.</summary>
    public static AuditedRequest Of(HttpContext http) => http.Features.Get<AuditedRequest>() ?? new AuditedRequest(http, new AuditedRoute("request", "request", null));

    /// <summary>Begins to follow a request, if it is one to record.</summary>
    internal static AuditedRequest? Begin(HttpContext http)
    {
        if (http.GetEndpoint() is not RouteEndpoint endpoint || AuditedRoute.Of(endpoint, http.Request.Method) is not { } route) return null;
        var request = new AuditedRequest(http, route);
        http.Features.Set(request);
        return request;
    }

    /// <summary>Something worth knowing later. No secret, no token, nothing of a body that may hold one.</summary>
    public void Note(string name, JsonNode? value) => _details[name] = value;

    public AuditEntry Entry(int status)
    {
        var made = Made();
        if (made.Length > 0 && _thing.Length > 0) _details["made"] = made;
        return Entry(_thing.Length > 0 ? _thing : made, status);
    }

    private AuditEntry Entry(string thing, int status) => new(_route.Action, _route.Kind, thing)
    {
        Actor = ActorOf(_http),
        ProjectId = ProjectId,
        Address = _http.Connection.RemoteIpAddress?.ToString() ?? "",
        Status = status,
        Details = (JsonObject)_details.DeepClone(),
    };

    /// <summary>Who asks.</summary>
    public static string ActorOf(HttpContext http) => http.Actor().Name;

    // What was made says where it is.
    private string Made() => _http.Response.Headers.Location.ToString() is { Length: > 0 } at ? Uri.UnescapeDataString(at.Split('?')[0].Split('/')[^1]) : "";

    private static string Shown(string name, string value) => name.Contains("token", StringComparison.OrdinalIgnoreCase) ? "•••" : value;
}

/// <summary>Records every request that writes, done or refused, before it is answered.</summary>
internal sealed class AuditTrail(RequestDelegate next, AuditLog audit, ILogger<AuditTrail> log)
{
    public async Task InvokeAsync(HttpContext http)
    {
        if (AuditedRequest.Begin(http) is not { } request)
        {
            await next(http);
            return;
        }
        http.Response.OnStarting(() => RecordAsync(http, request));
        await next(http);
        // Nothing was answered, as nobody waits for it any more.
        await RecordAsync(http, request);
    }

    private async Task RecordAsync(HttpContext http, AuditedRequest request)
    {
        if (request.IsRecorded) return;
        request.IsRecorded = true;
        try { await audit.RecordAsync(request.Entry(http.Response.StatusCode)); }
        catch (Exception broken) { log.LogError(broken, "{Method} {Path} by {Actor} could not be recorded in the audit log", http.Request.Method, http.Request.Path, AuditedRequest.ActorOf(http)); }
    }
}
