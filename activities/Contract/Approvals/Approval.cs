using System.Text.Json.Nodes;

namespace Flows.Contract.Approvals;

/// <summary>What became of a question to people.</summary>
public enum ApprovalState
{
    Open,

    /// <summary>Somebody answered.</summary>
    Answered,

    /// <summary>The deadline came first.</summary>
    Overdue,

    /// <summary>The run ended, or no longer asks.</summary>
    Withdrawn,
}

/// <summary>A step that asks people: <c>GET /api/approvals</c>.</summary>
/// <param name="Id">The bookmark that the step waits at.</param>
public sealed record Approval(string Id, string RunId, string ActivityId)
{
    public const string ActivityType = "Flows.Approval";

    public const string Approved = "Approved";

    public const string Rejected = "Rejected";

    public string DefinitionId { get; init; } = "";

    /// <summary>What the run is called.</summary>
    public string RunName { get; init; } = "";

    /// <summary>What the step is called.</summary>
    public string Title { get; init; } = "";

    public string Question { get; init; } = "";

    /// <summary>What the question is about, as the flow gave it: figures, an artifact, a text.</summary>
    public JsonNode? About { get; init; }

    /// <summary>What may be answered: <c>Approved</c> and <c>Rejected</c>, or the flow's own options. Each is a way out of the step.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    public IReadOnlyList<ApprovalField> Form { get; init; } = [];

    /// <summary>Who may answer; empty: everybody.</summary>
    public IReadOnlyList<string> Answerers { get; init; } = [];

    public DateTimeOffset AskedAt { get; init; }

    public DateTimeOffset? DueAt { get; init; }

    /// <summary>What the deadline answers; null: it is a fault.</summary>
    public string? DefaultAnswer { get; init; }

    public ApprovalState State { get; init; }

    /// <summary>One of <see cref="Options"/>, once it is known.</summary>
    public string? Answer { get; init; }

    public string? AnsweredBy { get; init; }

    public DateTimeOffset? AnsweredAt { get; init; }

    public string? Comment { get; init; }

    public JsonObject? Values { get; init; }
}

/// <summary>Body of <c>POST /api/approvals/{id}</c>.</summary>
public sealed record ApprovalAnswer
{
    /// <summary><c>approve</c> or <c>reject</c>; or leave it out and say <see cref="Choice"/>.</summary>
    public string? Answer { get; init; }

    /// <summary>One of the approval's options.</summary>
    public string? Choice { get; init; }

    public JsonObject? Form { get; init; }

    public string? Comment { get; init; }

    /// <summary>Who answers; <c>local</c> when nobody says.</summary>
    public string? By { get; init; }
}
