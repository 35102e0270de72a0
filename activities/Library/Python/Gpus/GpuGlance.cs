using System.Globalization;

namespace Flows.Library.Python.Gpus;

/// <summary>What one line of <c>nvidia-smi</c> says: one process on one GPU.</summary>
/// <param name="Second">When it looked, as it writes it, to the second.</param>
/// <param name="Memory">Bytes; null where the line does not say.</param>
/// <param name="Busy">Percent of the GPU; null where the line does not say.</param>
internal sealed record GpuGlance(string Second, string Gpu, int Process, long? Memory, double? Busy);

/// <summary>Takes lines apart: of each look one for each process.</summary>
internal interface IGpuLines
{
    IReadOnlyList<string> Question { get; }

    /// <returns>Whether it is a line as expected, and who it is about, if anybody.</returns>
    (bool IsKnown, GpuGlance? Glance) Read(string line);
}

/// <summary>Memory: <c>2026/11/28 18:50:26.123, GPU-8f6e…, 4711, 1024</c>, in MiB; <c>[N/A]</c> where the driver does not say.</summary>
internal sealed class GpuMemoryLines : IGpuLines
{
    private const long MiB = 1024 * 1024;

    public IReadOnlyList<string> Question { get; } = ["--query-compute-apps=timestamp,gpu_uuid,pid,used_memory", "--format=csv,noheader,nounits", "-l", "1"];

    public (bool, GpuGlance?) Read(string line)
    {
        if (line.Split(',', StringSplitOptions.TrimEntries) is not [var time, var gpu, var process, var memory]) return (false, null);
        if (Figures.Whole(process) is not { } pid) return (false, null);
        return (true, new GpuGlance(time.Split('.')[0], gpu, (int)pid, Figures.Whole(memory) * MiB, null));
    }
}

/// <summary>Utilisation, as a table whose first line names the columns: which there are depends on the driver. <c>-</c> where it does not say, and for a GPU that nobody uses.</summary>
internal sealed class GpuBusyLines : IGpuLines
{
    private List<string> _columns = [];

    public IReadOnlyList<string> Question { get; } = ["pmon", "-s", "u", "-o", "T", "-d", "1"];

    public (bool, GpuGlance?) Read(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToList();
        if (line.StartsWith('#')) return (Learn([.. line[1..].ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries)]), null);
        if (words.Count < _columns.Count || Of("gpu") is not { } gpu || Of("sm") is not { } busy) return (false, null);
        if (Figures.Whole(Of("pid") ?? "") is not { } pid) return (true, null);
        return (true, new GpuGlance(Of("time") ?? "", gpu, (int)pid, null, Figures.Whole(busy)));

        string? Of(string column) => _columns.IndexOf(column) is >= 0 and var at ? words[at] : null;
    }

    // The second line has the units.
    private bool Learn(List<string> columns)
    {
        if (columns.Contains("pid")) _columns = columns;
        return true;
    }
}

internal static class Figures
{
    public static long? Whole(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
