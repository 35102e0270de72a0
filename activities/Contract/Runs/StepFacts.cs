using Flows.Contract.Artifacts;

namespace Flows.Contract.Runs;

/// <summary>What a step's process ran in: part of what made its results.</summary>
/// <param name="Kind"><c>python</c>.</param>
/// <param name="Digest">SHA-256 of interpreter and packages, 64 lower-case hex digits: the same digest, the same environment.</param>
/// <param name="Version">The interpreter's version, for example <c>3.11.2</c>.</param>
public sealed record StepEnvironment(string Kind, string Digest, string Version)
{
    /// <summary>Every package with its version, a JSON array of <c>name==version</c>, sorted.</summary>
    public Artifact? Packages { get; init; }
}

/// <summary>What a step's processes used, all together.</summary>
/// <param name="CpuSeconds">Processor time, user and system.</param>
/// <param name="PeakMemory">Most memory at one time, in bytes: of all its processes where the machine can tell, else of the largest one.</param>
public sealed record ResourceUse(double CpuSeconds, long PeakMemory);
