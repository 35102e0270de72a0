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
public sealed record ResourceUse(double CpuSeconds, long PeakMemory)
{
    /// <summary>
    /// What they used of NVIDIA's GPUs; null where nothing was seen of it: no GPU, no use of one, or a shorter use than the second
    /// between two looks. Always null for a step that has no process of its own.
    /// </summary>
    public GpuUse? Gpu { get; init; }
}

/// <summary>What a step's own processes used of NVIDIA's GPUs, all together, by <c>nvidia-smi</c> once a second; others on the same GPU do not count.</summary>
public sealed record GpuUse
{
    /// <summary>Most memory at one look, in bytes, on all GPUs together; null where the driver does not say.</summary>
    public long? PeakMemory { get; init; }

    /// <summary>Share of time that a GPU computed for them, in percent of one GPU (two busy ones are 200), on average over the looks that saw them; null where the driver does not say.</summary>
    public double? MeanUtilisation { get; init; }

    /// <summary>The highest such share of one look.</summary>
    public double? PeakUtilisation { get; init; }
}
