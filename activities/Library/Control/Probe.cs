using System.ComponentModel.DataAnnotations;
using Flows.Contract.Activities;

namespace Flows.Library.Control;

/// <summary>Takes a place of a runner for a while and does nothing: shows where steps with these labels, priorities and limits go, and how fast.</summary>
[Activity("Flows.Probe", "Try a runner", Category = "Control", Heavy = true, Description = "Does nothing for a while on a runner, and says on which machine: for trying out labels, priorities and limits.")]
public sealed class Probe : IActivity
{
    /// <summary>Seconds that it takes, 0 to 86,400. Default 0.</summary>
    [Setting(DisplayName = "Seconds"), Range(0d, 86_400d)] public double Seconds { get; init; }

    /// <summary>The machine's name.</summary>
    [Output] public string Machine { get; private set; } = "";

    public async Task RunAsync(ActivityContext context, CancellationToken cancellation)
    {
        if (Seconds > 0) await Task.Delay(TimeSpan.FromSeconds(Seconds), context.Time, cancellation);
        Machine = Environment.MachineName;
    }
}
