namespace Flows.Contract.Provenance.Graphs;

/// <summary>Body of <c>POST /api/quarantine</c>: something is bad.</summary>
/// <param name="Kind">One of <see cref="TraceKinds"/>: mostly a data set's version or an artifact.</param>
public sealed record QuarantineRequest(string Kind, string Id, string Reason)
{
    /// <summary>Only say what would be held.</summary>
    public bool Try { get; init; }
}

/// <summary>What is bad, and everything that came of it.</summary>
/// <param name="Cause">Key of what is bad.</param>
/// <param name="Things">It and what came of it: runs, artifacts, versions of data sets and models, deployments.</param>
public sealed record QuarantineReport(string Cause, string Reason, IReadOnlyList<QuarantinedThing> Things)
{
    public DateTimeOffset At { get; init; }

    public string By { get; init; } = "";

    /// <summary>Nothing is held: this is what would be.</summary>
    public bool IsTried { get; init; }
}

public sealed record QuarantinedThing(string Kind, string Id, string Title);
