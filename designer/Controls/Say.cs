using System.Globalization;
using Flows.Contract.Runs;

namespace Flows.Designer.Controls;

/// <summary>Figures and moments as people read them.</summary>
public static class Say
{
    public static string Duration(TimeSpan took) => took switch
    {
        { Ticks: < 0 } => "0 ms",
        { TotalMilliseconds: < 1000 } => $"{took.TotalMilliseconds:0} ms",
        { TotalSeconds: < 10 } => $"{took.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s",
        { TotalMinutes: < 1 } => $"{took.TotalSeconds:0} s",
        { TotalHours: < 1 } => $"{(int)took.TotalMinutes} min {took.Seconds} s",
        { TotalDays: < 1 } => $"{(int)took.TotalHours} h {took.Minutes} min",
        _ => $"{(int)took.TotalDays} d {took.Hours} h",
    };

    public static string Ago(DateTimeOffset then, DateTimeOffset now) => (now - then) switch
    {
        { TotalSeconds: < 10 } => "just now",
        { TotalMinutes: < 1 } gone => $"{gone.TotalSeconds:0} s ago",
        { TotalHours: < 1 } gone => $"{(int)gone.TotalMinutes} min ago",
        { TotalDays: < 1 } gone => $"{(int)gone.TotalHours} h ago",
        { TotalDays: < 30 } gone => $"{(int)gone.TotalDays} d ago",
        _ => then.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
    };

    public static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";

    public static string Size(long bytes) => bytes switch
    {
        < 1024 => $"{bytes} B",
        < 1024 * 1024 => $"{(bytes / 1024.0).ToString("0.#", CultureInfo.InvariantCulture)} KB",
        < 1024L * 1024 * 1024 => $"{(bytes / 1048576.0).ToString("0.#", CultureInfo.InvariantCulture)} MB",
        _ => $"{(bytes / 1073741824.0).ToString("0.##", CultureInfo.InvariantCulture)} GB",
    };

    /// <summary>What a step's processes used, in a line.</summary>
    public static string Used(ResourceUse used)
    {
        var said = $"{Duration(TimeSpan.FromSeconds(used.CpuSeconds))} of processor time, {Size(used.PeakMemory)} of memory at most";
        if (used.Gpu?.PeakMemory is { } bytes) said += $", {Size(bytes)} of GPU memory at most";
        if (used.Gpu is { MeanUtilisation: { } mean, PeakUtilisation: { } peak }) said += $", GPUs {Figure(mean)} % busy on average and {Figure(peak)} % at most";
        return said;
    }

    public static string Count(long count, string one, string? many = null) =>
        $"{count.ToString("#,0", CultureInfo.InvariantCulture)} {(count == 1 ? one : many ?? one + "s")}";

    /// <summary>A metric with four significant decimals; NaN and infinities by name.</summary>
    public static string Figure(double value) => Math.Abs(value) switch
    {
        >= 1e6 => value.ToString("0.###e0", CultureInfo.InvariantCulture),
        >= 100 => value.ToString("#,0.##", CultureInfo.InvariantCulture),
        _ => value.ToString("0.####", CultureInfo.InvariantCulture),
    };

    /// <summary>Words and colour of a run's state.</summary>
    public static (string Text, string Tone) State(RunStatus status, RunSubStatus subStatus) => subStatus switch
    {
        RunSubStatus.Finished => ("Finished", "completed"),
        RunSubStatus.Faulted => ("Faulted", "faulted"),
        RunSubStatus.Cancelled => ("Cancelled", "cancelled"),
        RunSubStatus.Suspended => ("Suspended", "suspended"),
        RunSubStatus.Interrupted => ("Interrupted", "suspended"),
        RunSubStatus.Pending => ("Queued", "queued"),
        _ => status == RunStatus.Finished ? ("Finished", "completed") : ("Running", "running"),
    };

    public static string Tone(StepStatus status) => status switch
    {
        StepStatus.Running => "running",
        StepStatus.Completed => "completed",
        StepStatus.Faulted => "faulted",
        StepStatus.Suspended => "suspended",
        StepStatus.Canceled => "cancelled",
        _ => "queued",
    };
}
