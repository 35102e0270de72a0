namespace Flows.Hub.Storage;

/// <summary>A sequence number of the run's journal is taken: somebody else owns the run by now. Nothing of the append was written.</summary>
public sealed class JournalTaken(string runId, Exception cause) : Exception($"The journal of run {runId} was written by another owner.", cause);
