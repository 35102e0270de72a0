using System.Collections.Immutable;
using System.Globalization;
using Flows.Contract.Activities;

namespace Flows.Library.Python.Gpus;

/// <summary>
/// Tells the steps of this machine what their processes use of its GPUs: <c>nvidia-smi</c> looks once a second while there are steps
/// with processes, twice (memory, utilisation) and on behalf of all of them. No step waits for it.
/// </summary>
/// <param name="program">Null on a machine without GPUs: nothing is done at all.</param>
/// <remarks>Processes are known by their number in this machine's name space: a server in a container sees those that the driver names by it.</remarks>
public sealed class GpuWatch(string? program, TimeProvider time) : IAsyncDisposable
{
    /// <summary>How long it goes on looking when no step is there, so that it is not started for each of many short ones.</summary>
    public static readonly TimeSpan Linger = TimeSpan.FromSeconds(30);

    /// <summary>Time after which a program that ended by itself is tried again.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private ImmutableList<GpuTally> _steps = [];
    private CancellationTokenSource? _looking;
    private long _glances;

    public static GpuWatch? Of(ActivityContext context) => context.Host?.Shared(_ => new GpuWatch(NvidiaProgram.Find(), context.Time));

    /// <summary>Processes on GPUs that were heard of so far, anybody's.</summary>
    public long Glances => Interlocked.Read(ref _glances);

    /// <param name="folder">The step's work folder.</param>
    public GpuTally? Follow(string folder)
    {
        if (program is null) return null;
        var step = new GpuTally(folder, Leave);
        lock (_gate)
        {
            _steps = _steps.Add(step);
            _looking?.CancelAfter(Timeout.InfiniteTimeSpan);
            if (_looking is null or { IsCancellationRequested: true }) Look(program, (_looking = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time)).Token);
        }
        return step;
    }

    private void Leave(GpuTally step)
    {
        lock (_gate)
        {
            _steps = _steps.Remove(step);
            if (_steps.IsEmpty) _looking?.CancelAfter(Linger);
        }
    }

    private void Look(string asked, CancellationToken cancellation)
    {
        _ = Task.Run(() => AskAsync(asked, () => new GpuMemoryLines(), cancellation), CancellationToken.None);
        _ = Task.Run(() => AskAsync(asked, () => new GpuBusyLines(), cancellation), CancellationToken.None);
    }

    private async Task AskAsync(string asked, Func<IGpuLines> lines, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            await NvidiaProgram.ListenAsync(asked, lines(), Hear, cancellation);
            try { await Task.Delay(Rest, time, cancellation); }
            catch (OperationCanceledException) { }
        }
    }

    private void Hear(GpuGlance glance)
    {
        var ancestry = Ancestry(glance.Process);
        foreach (var step in _steps) step.Hear(glance, ancestry);
        Interlocked.Increment(ref _glances);
    }

    // Orphans of a step are below its keeper too.
    private static List<int> Ancestry(int process)
    {
        var found = new List<int>();
        for (var above = process; above > 1 && !found.Contains(above); above = Parent(above)) found.Add(above);
        return found;
    }

    private static int Parent(int process)
    {
        try { return int.Parse(File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1].Split(' ')[1], CultureInfo.InvariantCulture); }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException) { return 0; }
    }

    public ValueTask DisposeAsync()
    {
        lock (_gate) _looking?.Cancel();
        return ValueTask.CompletedTask;
    }
}
