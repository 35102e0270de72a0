using System.Text.Json.Nodes;
using Flows.Hub.Audit;

namespace Flows.Hub.Access.SigningIn;

/// <summary>
/// Sign-ins and tries in the audit log, as <c>session.begin</c> and <c>session.end</c>. A name that nobody has is not kept: it may be a
/// password that was typed into the wrong field.
/// </summary>
internal sealed class SignInTrail(AuditLog audit, ILogger<SignInTrail> log)
{
    public const string Nobody = "nobody";

    /// <param name="by">What was shown: <c>password</c>, <c>code</c>, <c>provider</c>, <c>setup</c>.</param>
    /// <param name="name">Whose account it is; null when it is nobody's.</param>
    public Task BeganAsync(HttpContext http, string by, SignIn result, string? name) => RecordAsync(http, "session.begin", name ?? Nobody, new JsonObject { ["by"] = by, ["result"] = result.ToString() }, result == SignIn.Done ? StatusCodes.Status200OK : StatusCodes.Status401Unauthorized);

    public Task EndedAsync(HttpContext http, string name) => RecordAsync(http, "session.end", name, null, StatusCodes.Status200OK);

    // Whoever has to mend a server whose log cannot be written must be able to sign in.
    private async Task RecordAsync(HttpContext http, string action, string name, JsonObject? details, int status)
    {
        var entry = new AuditEntry(action, "session", name) { Actor = name, Address = http.Connection.RemoteIpAddress?.ToString() ?? "", Status = status, Details = details };
        try { await audit.RecordAsync(entry); }
        catch (Exception broken) { log.LogError(broken, "{Action} of {Name} could not be recorded in the audit log", action, name); }
    }
}
