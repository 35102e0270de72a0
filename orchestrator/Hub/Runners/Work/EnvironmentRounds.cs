using Flows.Contract.Activities;
using Flows.Library.Python.Environments;

namespace Flows.Hub.Runners;

/// <summary>Removes Python environments that nobody used for long from this machine: soon after the start, and once a day.</summary>
internal sealed class EnvironmentRounds(StepHost host, TimeProvider time, ILogger<EnvironmentRounds> log) : BackgroundService
{
    private static readonly TimeSpan First = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Pace = TimeSpan.FromDays(1);

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        try
        {
            await Task.Delay(First, time, stopping);
            using var tick = new PeriodicTimer(Pace, time);
            do Sweep();
            while (await tick.WaitForNextTickAsync(stopping));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested) { }
    }

    private void Sweep()
    {
        try
        {
            foreach (var digest in PythonEnvironments.Of(host).Sweep()) log.LogInformation("Removed the Python environment {Digest}, which nobody used any more", digest);
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException) { log.LogWarning(broken, "Python environments could not be removed; the next round tries again"); }
    }
}
