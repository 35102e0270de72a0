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

    /// <summary>Path of the interpreter that it stands on.</summary>
    public string? Interpreter { get; init; }

    /// <summary>Digest of that interpreter and its own packages.</summary>
    public string? Ground { get; init; }

    /// <summary>Whether that interpreter's own packages are seen beside those that were installed.</summary>
    public bool SystemPackages { get; init; } = true;

    /// <summary>Everything that was installed beyond the interpreter's own, a gzipped tar, so that it can be made again without a registry; null when nothing was.</summary>
    public Artifact? Archive { get; init; }
}

/// <summary>What a step's processes used, all together.</summary>
/// <param name="CpuSeconds">Processor time, user and system.</param>
/// <param name="PeakMemory">Most memory at one time, in bytes: of all its processes where the machine can tell, else of the largest one.</param>
public sealed record ResourceUse(double CpuSeconds, long PeakMemory);
