using Flows.Contract.Runs;

namespace Flows.Library.Python.Gpus;

/// <summary>What one step's processes use of GPUs, until it is disposed.</summary>
/// <param name="folder">The step's work folder, where its keeper is noted: whatever is below that keeper is the step's.</param>
public sealed class GpuTally(string folder, Action<GpuTally> leave) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly GpuSeries _memory = new(), _busy = new();
    private bool _isSeen;

    /// <summary>Null: nothing was seen of it.</summary>
    public GpuUse? Used
    {
        get
        {
            lock (_gate) return _isSeen ? new GpuUse { PeakMemory = (long?)_memory.Peak, MeanUtilisation = Rounded(_busy.Mean), PeakUtilisation = _busy.Peak } : null;
        }
    }

    /// <param name="ancestry">The process of the glance and those above it.</param>
    internal void Hear(GpuGlance glance, IReadOnlyList<int> ancestry)
    {
        if (StepRemains.KeeperOf(folder) is not { } keeper || !ancestry.Contains(keeper)) return;
        lock (_gate)
        {
            _isSeen |= glance is not { Memory: null, Busy: null };
            if (glance.Memory is { } bytes) _memory.Add(glance, bytes);
            if (glance.Busy is { } percent) _busy.Add(glance, percent);
        }
    }

    public void Dispose() => leave(this);

    private static double? Rounded(double? mean) => mean is { } value ? Math.Round(value, 1) : null;
}
