using System.Text.Json.Nodes;

namespace Flows.Hub.Audit;

/// <summary>Somebody did something, or was refused. Never holds a secret, a token or a body.</summary>
/// <param name="Action">What was done, as <c>kind.verb</c>: <c>flow.publish</c>, <c>secret.save</c>, <c>session.begin</c>.</param>
/// <param name="Kind">What it was done to: <c>flow</c>, <c>run</c>, <c>secret</c>, <c>account</c>.</param>
/// <param name="Thing">Its id or name; empty for none.</param>
public sealed record AuditEntry(string Action, string Kind, string Thing)
{
    /// <summary>Who: the signed-in name, or <c>local</c> where there is no login.</summary>
    public string Actor { get; init; } = "local";

    public string ProjectId { get; init; } = "default";

    /// <summary>Network address that the request came from.</summary>
    public string Address { get; init; } = "";

    /// <summary>Status that was answered: below 400 it was done, else it was refused or failed.</summary>
    public int Status { get; init; } = StatusCodes.Status200OK;

    /// <summary>What else says what was done.</summary>
    public JsonObject? Details { get; init; }
}
