using Flows.Contract.Definitions;
using Flows.Contract.Diff;
using Flows.Contract.Runs;
using Flows.Designer.Canvas;
using Microsoft.AspNetCore.Components;

namespace Flows.Designer.Runs.Comparing;

public sealed partial class RunComparePage
{
    private const int Most = 200;

    // Differences of times below this share of the longer one are noise.
    private const double Noise = 0.1;

    private RunComparison? comparison;
    private IReadOnlyList<FlowChange>? changes;
    private Dictionary<string, string> titles = [];
    private bool onlyDifferences;

    [SupplyParameterFromQuery(Name = "a")] public string? A { get; set; }

    [SupplyParameterFromQuery(Name = "b")] public string? B { get; set; }

    protected override async Task LoadAsync(CancellationToken cancellation)
    {
        comparison = null;
        if (A is not { Length: > 0 } a || B is not { Length: > 0 } b) return;
        var (one, other) = (ReadAsync(a, cancellation), ReadAsync(b, cancellation));
        var (first, second) = (Api.RunDefinitionAsync(a, cancellation), Api.RunDefinitionAsync(b, cancellation));
        Take(await first, await second);
        comparison = new RunComparison(await one, await other);
    }

    private async Task<ComparedRun> ReadAsync(string id, CancellationToken cancellation)
    {
        var (record, tracking, curves) = (Api.RunAsync(id, cancellation), Api.TrackingAsync(id, cancellation), Api.MetricsAsync(id, points: 0, cancellation));
        return new ComparedRun(await record, await tracking, await curves);
    }

    private void Take(FlowDefinition first, FlowDefinition second)
    {
        titles = first.Activities().Concat(second.Activities()).DistinctBy(activity => activity.Id).ToDictionary(activity => activity.Id, activity => activity.Title);
        changes = first.DefinitionId == second.DefinitionId ? [.. FlowDiff.Between(first, second).Where(ChangeWords.IsWorthTelling)] : null;
    }

    private string TitleOf(string activityId) => titles.GetValueOrDefault(activityId) ?? activityId;

    private TimeSpan Took(RunRecord run) => (run.FinishedAt ?? Time.GetUtcNow()) - (run.StartedAt ?? run.CreatedAt);

    private bool IsShown(ValuePair pair) => !onlyDifferences || pair.Differs;

    private bool IsShown(MetricPair pair) => !onlyDifferences || pair.Differs;

    private bool IsShown(StepPair pair) => !onlyDifferences || pair.HasOtherEnd || pair.Difference?.Duration() > Noise * (pair.One!.Ran > pair.Other!.Ran ? pair.One.Ran : pair.Other.Ran);
}
