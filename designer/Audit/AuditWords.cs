using System.Text.Json.Nodes;
using Flows.Contract.Audit;

namespace Flows.Designer.Audit;

/// <summary>What a row of the audit log says, and where the thing that it is about is shown.</summary>
public static class AuditWords
{
    /// <summary>Kinds to choose from, as the server writes them.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
        ["alert", "approval", "artifact", "artifacts", "audit", "backfill", "bookmark", "dataset", "deployment", "environment", "event", "flow", "library", "me", "model", "people", "project", "quarantine", "retention", "run", "runner", "secret", "session", "setup", "task", "token", "trigger"];

    /// <summary>Address of the page about the thing; null where there is none, or where there was none to make it about.</summary>
    public static string? PageOf(AuditRecord row)
    {
        var (thing, isOne) = (Uri.EscapeDataString(row.Thing), row.Thing.Length > 0);
        return row.Kind switch
        {
            "flow" when isOne => $"flows/{thing}",
            "run" when isOne => $"runs/{thing}",
            "backfill" when isOne => $"backfills/{thing}",
            "model" when isOne => $"models/{thing}",
            "dataset" when isOne => $"datasets/{thing}",
            "deployment" => "deployments",
            "trigger" => "triggers",
            "secret" => "secrets",
            "approval" => "approvals",
            "library" => "library",
            "people" or "session" => "people",
            "project" or "environment" or "token" => "project",
            _ => null,
        };
    }

    /// <summary>What became of it, and its colour.</summary>
    public static (string Text, string Tone) Outcome(int status) => status switch
    {
        < 400 => ("Done", "completed"),
        401 or 403 => ("Refused", "suspended"),
        _ => ("Failed", "faulted"),
    };

    public static string Details(AuditRecord row) =>
        row.Details is JsonObject said ? string.Join(", ", said.Select(pair => $"{pair.Key} {(pair.Value is JsonValue value ? value.ToString() : pair.Value?.ToJsonString())}")) : "";
}
