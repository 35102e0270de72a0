using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Engine;

namespace Flows.Hub.Runners;

/// <summary>Ends an attempt that takes longer than its activity's <c>faultPolicy.timeoutSeconds</c>: that is a fault like any other.</summary>
internal sealed class TimeLimit(FlowActivity activity, TimeProvider time)
{
    // What an activity gets for stopping once it was told to; then its step goes on without it.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly double? _seconds = StepPolicy.Of(activity)?.TimeoutSeconds;

    public async Task<StepResult> RunAsync(Func<CancellationToken, Task<StepResult>> run, CancellationToken cancelled)
    {
        if (_seconds is not { } seconds) return await run(cancelled);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancelled);
        var fault = FormattableString.Invariant($"timed out after {seconds} s");
        try
        {
            var result = await run(either.Token).WaitAsync(TimeSpan.FromSeconds(seconds) + Grace, time, cancelled);
            return result.Fault is not null && limit.IsCancellationRequested ? result with { Fault = fault } : result;
        }
        catch (Exception late) when (late is TimeoutException or OperationCanceledException && limit.IsCancellationRequested && !cancelled.IsCancellationRequested)
        {
            return new StepResult { Fault = fault };
        }
    }
}
