using System.ComponentModel.DataAnnotations;
using Flows.Contract.Activities;
using Flows.Contract.Provenance;

namespace Flows.Library.Control;

/// <summary>Makes a run again from its record and says whether it came out the same: behind a schedule, a check that results can still be made.</summary>
[Activity("Flows.Reproduce", "Reproduce a run", Category = "Control", Outcomes = ["Same", "Diverged"], Description = "Makes a run again from its record and compares: takes Same when all bytes or all metrics are equal, else Diverged.")]
public sealed class ReproduceRun : IActivity
{
    /// <summary>Id of a flow, whose newest finished run is made again; or name a run below.</summary>
    [Setting(Description = "Id of a flow: its newest finished run is made again.")] public string? Flow { get; init; }

    [Setting(DisplayName = "Run", Description = "Id of a run, instead of a flow.")] public string? Run { get; init; }

    /// <summary>What is taken as it is now instead of from the record: <c>data, code, environment, seed</c>. Default: nothing.</summary>
    [Setting(Group = "Advanced", DisplayName = "As it is now", Description = "Of data, code, environment, seed: what is not taken from the record.")] public IReadOnlyList<string> Current { get; init; } = [];

    /// <summary>Relative difference up to which metrics are equal, 0 to 1. Default one millionth.</summary>
    [Setting(Group = "Advanced"), Range(0d, 1d)] public double Tolerance { get; init; } = 1e-6;

    /// <summary><c>bit-identical, metric-equal, diverged</c>.</summary>
    [Output] public string Verdict { get; private set; } = "";

    /// <summary>The verdict in a sentence, with the step that differs first.</summary>
    [Output] public string Text { get; private set; } = "";

    /// <summary>The run that made it again.</summary>
    [Output(DisplayName = "Reproduction")] public string ReproductionId { get; private set; } = "";

    public async Task RunAsync(ActivityContext context, CancellationToken cancellation)
    {
        var (flow, run) = (Flow?.Trim() is { Length: > 0 } named ? named : null, Run?.Trim() is { Length: > 0 } given ? given : null);
        if (flow is null && run is null) throw new ActivityFault("Name a flow in 'flow' or a run in 'run'.");
        if (context.Reproductions is not { } reproductions) throw new ActivityFault("Runs can only be made again by the server itself.");
        var verdict = await reproductions.ReproduceAsync(flow, run, new Reproduction { Current = Current, Tolerance = Tolerance }, cancellation);
        (Verdict, Text, ReproductionId) = (verdict.Verdict.Words, verdict.Text, verdict.ReproductionId);
        context.Log.Write(verdict.Verdict == Contract.Provenance.Verdict.Diverged ? LogLevel.Warning : LogLevel.Info, verdict.Text);
        context.Outcomes.Add(verdict.Verdict == Contract.Provenance.Verdict.Diverged ? "Diverged" : "Same");
    }
}
