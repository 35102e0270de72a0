using Flows.Contract.Checks;
using Flows.Contract.Runs;
using Flows.Hub.Logs;

namespace Flows.Hub.Cli;

/// <summary>How things read on a terminal.</summary>
internal static class Shown
{
    public static string Problem(FlowProblem problem) => OneLine.Of(
        $"  {(problem.Level == ProblemLevel.Error ? "error" : "warning")}  {problem.ActivityId ?? "flow"}{(problem.Field is null ? "" : "." + problem.Field)}: {problem.Message} {problem.Fix}");

    public static string Step(StepRecord step) => OneLine.Of(step.Status switch
    {
        StepStatus.Completed => $"  ✓ {step.ActivityId}  {Took(step)}{Metrics(step)}",
        StepStatus.Faulted => $"  ✗ {step.ActivityId}  {step.Fault}",
        StepStatus.Canceled => $"  – {step.ActivityId}  cancelled",
        StepStatus.Suspended => $"  … {step.ActivityId}  waits",
        _ => $"  · {step.ActivityId}",
    });

    public static string Run(RunRecord run) => OneLine.Of(
        $"{run.Name}: {run.SubStatus.ToString().ToLowerInvariant()}{(run.FinishedAt is { } end && run.StartedAt is { } start ? $" in {(end - start).TotalSeconds:0.0} s" : "")}");

    private static string Took(StepRecord step) =>
        step is { StartedAt: { } from, FinishedAt: { } to } ? $"{(to - from).TotalSeconds:0.00} s" : "";

    private static string Metrics(StepRecord step) => step.Metrics is { Count: > 0 } metrics
        ? "  " + string.Join("  ", metrics.Take(4).Select(metric => $"{metric.Key} {metric.Value:0.####}"))
        : "";
}
