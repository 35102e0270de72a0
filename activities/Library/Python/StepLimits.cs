using System.Text.Json.Serialization;
using Flows.Contract.Runs;

namespace Flows.Library.Python;

/// <summary>What all processes of a step together may use; 0 is no limit. Held by the step's keeper, see <c>flows.worker.limits</c>.</summary>
/// <param name="Memory">Bytes.</param>
/// <param name="Cpu">Seconds of processor time.</param>
/// <param name="Files">Open files of one process.</param>
internal sealed record StepLimits(long Memory, long Cpu, int Files)
{
    public static StepLimits None { get; } = new(0, 0, 0);

    public static StepLimits Of(double memoryMegabytes, double cpuSeconds, int openFiles) =>
        new((long)Math.Ceiling(memoryMegabytes * 1024 * 1024), (long)Math.Ceiling(cpuSeconds), openFiles);

    [JsonIgnore] public string MemoryText => $"{Memory / (1024d * 1024):0.###} MB";
}

/// <summary>A limit that a step passed.</summary>
public enum PassedLimit { None, Memory, Cpu }

/// <summary>How a step's process ended, with everything it started.</summary>
/// <param name="ExitCode">128 and the signal's number when one ended it.</param>
/// <param name="LastErrors">The last lines of standard error, oldest first.</param>
public sealed record ProcessEnd(int ExitCode, IReadOnlyList<string> LastErrors)
{
    public ResourceUse? Used { get; init; }

    public PassedLimit Passed { get; init; }

    /// <summary>What its keeper saw of its files, as JSON: see <c>flows.worker.watch</c>. Null: nothing is known of them.</summary>
    public string? Files { get; init; }
}
