namespace Flows.Library.Python.Gpus;

/// <summary>One figure of a step's processes, look by look: in each the sum of what each process has on each GPU.</summary>
internal sealed class GpuSeries
{
    private readonly HashSet<(string Gpu, int Process)> _seen = [];
    private string? _second;
    private double _now, _all;
    private int _looks;

    /// <summary>The highest sum; null before the first figure.</summary>
    public double? Peak { get; private set; }

    public double? Mean => _looks == 0 ? null : _all / _looks;

    public void Add(GpuGlance glance, double figure)
    {
        if (IsOfTheNextLook(glance)) Begin(glance);
        _now += figure;
        _all += figure;
        Peak = Math.Max(Peak ?? 0, _now);
    }

    // Nothing stands between two looks: the second is another, or somebody comes again. A look across two seconds counts as two.
    private bool IsOfTheNextLook(GpuGlance glance) => !_seen.Add((glance.Gpu, glance.Process)) || glance.Second != _second;

    private void Begin(GpuGlance glance)
    {
        _seen.Clear();
        _seen.Add((glance.Gpu, glance.Process));
        (_second, _now) = (glance.Second, 0);
        _looks++;
    }
}
