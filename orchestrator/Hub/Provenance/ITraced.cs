using Flows.Contract.Provenance.Graphs;
using Flows.Hub.Storage;

namespace Flows.Hub.Provenance;

/// <summary>A kind of thing that can be traced. It reads all of its things of a layer at once, in a fixed number of queries.</summary>
internal interface ITraced
{
    /// <summary>As the address names it: <see cref="TraceKinds"/>.</summary>
    string Kind { get; }

    /// <summary>Projects that have such a thing, whoever asks.</summary>
    IQueryable<string> ProjectsOf(FlowsDb db, string id);

    /// <summary>The id under which the thing is known, of the many ways to write it; null when the project has none.</summary>
    Task<string?> FindAsync(FlowsDb db, string id, CancellationToken cancellation);

    /// <summary>Says what the things are, and links them to what they came from or, in a walk forwards, to what came of them.</summary>
    Task ReadAsync(FlowsDb db, IReadOnlyList<TracePoint> points, TraceWalk walk, CancellationToken cancellation);
}
