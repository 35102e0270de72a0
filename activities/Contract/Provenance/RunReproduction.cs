using Flows.Contract.Runs;

namespace Flows.Contract.Provenance;

/// <summary>A run that makes another again, and how far it is: <c>GET /api/runs/{id}/reproductions</c>.</summary>
/// <param name="Run">Who started it, when, and how it stands.</param>
/// <param name="How">Which run it makes again, and what of that is taken as it is now.</param>
public sealed record RunReproduction(RunSummary Run, Reproduction How)
{
    /// <summary>Null while it is under way, and where none could be given: then the server's log says why.</summary>
    public RunVerdict? Verdict { get; init; }

    /// <summary>Steps that are over so far; null once the run is.</summary>
    public int? StepsOver { get; init; }
}
