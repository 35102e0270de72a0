using Flows.Contract.Runs;
using Flows.Contract.Tracking;

namespace Flows.Designer.Runs.Comparing;

/// <summary>A run with what it tracked.</summary>
/// <param name="Curves">The last point of each is compared.</param>
public sealed record ComparedRun(RunRecord Record, RunTracking Tracking, IReadOnlyList<MetricSeries> Curves)
{
    private readonly Dictionary<string, string> _activities = Record.Steps.ToDictionary(step => step.StepId, step => step.ActivityId);

    public static ComparedRun Of(RunRecord record) => new(record, new RunTracking([], [], []), []);

    /// <summary>What the steps measured, and what the run itself did: then the activity is empty. A loop's last pass tells, as on the run's page.</summary>
    public Dictionary<(string Activity, string Name), double?> Figures()
    {
        var figures = new Dictionary<(string, string), double?>();
        foreach (var step in Record.Steps.Where(step => step.Metrics is not null))
            foreach (var (name, value) in step.Metrics!) figures[(step.ActivityId, name)] = value;
        foreach (var curve in Curves) figures[(ActivityOf(curve.StepId), curve.Name)] = curve.Last.Value;
        return figures;
    }

    public Dictionary<(string Activity, string Name), string> Parameters()
    {
        var parameters = new Dictionary<(string, string), string>();
        foreach (var one in Tracking.Parameters) parameters[(ActivityOf(one.StepId), one.Name)] = one.Text;
        return parameters;
    }

    private string ActivityOf(string stepId) => _activities.GetValueOrDefault(stepId, "");
}
