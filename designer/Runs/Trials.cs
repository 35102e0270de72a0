using Flows.Contract.Tracking;
using Flows.Designer.Controls;

namespace Flows.Designer.Runs;

/// <summary>One metric as several steps of a run measure it, such as the passes of a sweep: a curve each, in one picture.</summary>
public sealed class Trials
{
    private readonly IReadOnlyList<MetricSeries> _series;
    private readonly ILookup<string, TrackedText> _parameters;
    private readonly IReadOnlyList<string?> _activities;

    private Trials(string name, IReadOnlyList<MetricSeries> series, ILookup<string, TrackedText> parameters, Func<string, string?> activity)
    {
        (Name, _series, _parameters, _activities) = (name, series, parameters, [.. series.Select(one => activity(one.StepId))]);
        AreOfOneActivity = _activities.Distinct().Count() == 1;
        Drawing = CurveDrawing.Of(series);
    }

    /// <summary>Colours that neighbours are told apart by.</summary>
    public const int Colours = 8;

    public string Name { get; }

    public int Count => _series.Count;

    public CurveDrawing Drawing { get; }

    /// <summary>The passes of one step; else several steps that measure the same.</summary>
    public bool AreOfOneActivity { get; }

    public string Things => $"{Count} {(AreOfOneActivity ? "trials" : "steps")}";

    public string Spoken => $"{Name} of {Things}, last from {Say.Figure(_series.Min(one => one.Last.Value))} to {Say.Figure(_series.Max(one => one.Last.Value))}";

    /// <param name="activity">What the activity of a step is called; null for a step that is not known.</param>
    public static IReadOnlyList<Trials> Of(IEnumerable<MetricSeries> series, IEnumerable<TrackedText> parameters, Func<string, string?> activity)
    {
        var texts = parameters.ToLookup(parameter => parameter.StepId);
        return [.. series.GroupBy(one => one.Name).Where(trials => trials.Count() > 1).Select(trials => new Trials(trials.Key, [.. trials.OrderBy(Began).ThenBy(one => one.StepId, StringComparer.Ordinal)], texts, activity))];
    }

    public MetricSeries this[int trial] => _series[trial];

    public string Title(int trial)
    {
        var given = string.Join(", ", _parameters[_series[trial].StepId].Select(parameter => $"{parameter.Name} {parameter.Text}"));
        return given.Length > 0 ? given : AreOfOneActivity ? $"Trial {trial + 1}" : _activities[trial] ?? $"Step {trial + 1}";
    }

    // So a trial that comes later changes neither number nor colour of another.
    private static long Began(MetricSeries series) => series.Points.Count == 0 ? long.MaxValue : series.Points.Min(point => point.At);
}
