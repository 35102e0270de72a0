using Flows.Contract.Activities;
using Flows.Contract.Provenance;
using Flows.Library.Python.Gpus;
using Flows.Library.Python.Recording;

namespace Flows.Library.Python;

/// <summary>One run of a step's process: its timeout, what is recorded of it, and what its end means for the step's author.</summary>
/// <param name="what">How the process is called in messages: <c>script</c>, <c>command</c>.</param>
/// <param name="timeout">Seconds; 0 is never.</param>
/// <param name="isWatched">Whether the files that it uses are looked at.</param>
internal sealed class StepRun(ActivityContext context, string what, StepLimits limits, double timeout, bool isWatched = true)
{
    private const int CpuTimeIsUp = 24;

    /// <exception cref="ActivityFault">It did not end with 0.</exception>
    public async Task RunAsync(Func<CancellationToken, Task<ProcessEnd>> process, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(timeout > 0 ? TimeSpan.FromSeconds(timeout) : Timeout.InfiniteTimeSpan, context.Time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            using var gpus = GpuWatch.Of(context)?.Follow(context.WorkFolder);
            var end = await process(stop.Token);
            context.Used = end.Used is { } used ? used with { Gpu = gpus?.Used } : null;
            context.Facts = context.Facts with { ExitCode = end.ExitCode, Stray = isWatched ? await StrayReading.OfAsync(context, what, end, stop.Token) : StrayReading.Unasked };
            if (end.ExitCode != 0 || end.Passed != PassedLimit.None) throw new ActivityFault(Failure(end));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new ActivityFault($"The {what} ran longer than its timeout of {timeout:0.###} seconds and was ended.");
        }
    }

    private string Failure(ProcessEnd end)
    {
        var how = Reason(end);
        return end.LastErrors.Count == 0 ? how : $"{how} Its last words:\n{string.Join('\n', end.LastErrors.TakeLast(8))}";
    }

    private string Reason(ProcessEnd end)
    {
        if (end.Passed == PassedLimit.Memory) return $"The {what} was killed: it used more than {limits.MemoryText}.";
        if (limits.Memory > 0 && end.LastErrors.Any(line => line.StartsWith("MemoryError", StringComparison.Ordinal) || line.Contains("MemoryError:", StringComparison.Ordinal)))
            return $"The {what} asked for more than its limit of {limits.MemoryText}.";
        if (end.Passed == PassedLimit.Cpu || limits.Cpu > 0 && end.ExitCode == 128 + CpuTimeIsUp) return $"The {what} was killed: it used its limit of {limits.Cpu} seconds of processor time.";
        return end.ExitCode > 128 ? $"The {what} was ended by signal {end.ExitCode - 128}." : $"The {what} ended with exit code {end.ExitCode}.";
    }
}
