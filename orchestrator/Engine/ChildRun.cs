using System.Text.Json.Nodes;
using Flows.Contract.Runs;

namespace Flows.Engine;

/// <summary>When a run that another one started tells it how it stands.</summary>
public enum ChildReport
{
    Never,

    /// <summary>Once, when it is over or has nothing more to do at once; and at its end.</summary>
    Settled,

    /// <summary>At its end.</summary>
    Ended,
}

/// <summary>A run of its own that a step starts.</summary>
/// <param name="RunId">Made of the parent's id, step and attempt: started again after a crash, it is the same run.</param>
/// <param name="DefinitionId">Of a published flow.</param>
public sealed record ChildRun(string RunId, string DefinitionId, JsonObject Input, string? CorrelationId, ChildReport Report)
{
    /// <summary>How it is debugged: it stops where its parent would, and takes pinned outputs when its parent does.</summary>
    public DebugRequest? Debug { get; init; }
}
