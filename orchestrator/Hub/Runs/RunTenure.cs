namespace Flows.Hub.Runs;

/// <summary>How long this orchestrator has a run.</summary>
/// <param name="Draining">No step is begun any more; what is under way comes to its end.</param>
/// <param name="Over">The run is somebody else's from now on: everything of it ends here at once. Cancels <paramref name="Draining"/> too.</param>
public readonly record struct RunTenure(CancellationToken Draining, CancellationToken Over);
