namespace Flows.Contract.Checks;

/// <summary>Problems as they are found, in that order; the same one twice is kept once.</summary>
internal sealed class Findings
{
    private readonly List<FlowProblem> _all = [];
    private readonly HashSet<FlowProblem> _known = [];

    public IReadOnlyList<FlowProblem> All => _all;

    public void Error(string code, string? activityId, string? field, string message, string fix) =>
        Add(new FlowProblem(ProblemLevel.Error, code, activityId, field, message, fix));

    public void Warn(string code, string? activityId, string? field, string message, string fix) =>
        Add(new FlowProblem(ProblemLevel.Warning, code, activityId, field, message, fix));

    private void Add(FlowProblem problem)
    {
        if (_known.Add(problem)) _all.Add(problem);
    }
}
