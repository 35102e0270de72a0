using Flows.Contract.Runs;

namespace Flows.Hub.Runs;

/// <summary>A run that is not over, as it is watched at this orchestrator: by its owner, or by following its journal.</summary>
public interface IWatchedRun
{
    /// <summary>Closes when the run is over, or no longer watched in this way.</summary>
    RunFeed Feed { get; }

    RunRecord ToRecord();
}
