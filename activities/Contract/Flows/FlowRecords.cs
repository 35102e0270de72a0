using Flows.Contract.Checks;

namespace Flows.Contract.Flows;

/// <summary>A flow in the list: <c>GET /api/flows</c>.</summary>
public sealed record FlowSummary(string DefinitionId, string Name, string Description)
{
    public int LatestVersion { get; init; }

    /// <summary>The version that triggers and runs use; null while nothing is published.</summary>
    public int? PublishedVersion { get; init; }

    public bool HasDraft { get; init; }

    public string ProjectId { get; init; } = "default";

    public string Author { get; init; } = "";

    public DateTimeOffset UpdatedAt { get; init; }

    public int Nodes { get; init; }
}

/// <summary>Answer to saving, publishing and importing a flow. <c>ETag</c> goes back as <c>If-Match</c> with the next save.</summary>
public sealed record FlowSaved(string DefinitionId, int Version, string ETag, IReadOnlyList<FlowProblem> Problems)
{
    /// <summary>Definition ids of the flows that use this one and followed it to the version that was published.</summary>
    public IReadOnlyList<string> Updated { get; init; } = [];
}

/// <summary>A version in a flow's history: <c>GET /api/flows/{definitionId}/versions</c>.</summary>
public sealed record FlowVersionSummary(int Version, bool IsPublished, bool IsDraft, string Author, DateTimeOffset At);
