using Flows.Contract.Runs;
using Flows.Designer.Runs.Heat;

namespace Flows.Designer.Runs;

/// <summary>One pass of a loop, chosen in its strip: steps, logs and values are then those of that pass alone.</summary>
public sealed partial class RunPage
{
    private StepRecord? pass;
    private IReadOnlySet<string> within = new HashSet<string>();

    // A chosen pass has its own filter; the activity's would bring all its other passes back.
    private string? Filter => pass is null ? selected : null;

    private IReadOnlyList<StepRecord> Steps => pass is null ? watch.Steps : [.. watch.Steps.Where(step => within.Contains(step.StepId))];

    private IReadOnlyList<LogLine> Logs => pass is null ? watch.Logs : [.. watch.Logs.Where(line => line.StepId is { } step && within.Contains(step))];

    private string PassTitle
    {
        get
        {
            var passes = watch.Steps.Where(step => step.ActivityId == pass!.ActivityId).ToList();
            return $"{TitleOf(pass!.ActivityId)} · pass {passes.FindIndex(step => step.StepId == pass.StepId) + 1} of {passes.Count}";
        }
    }

    private void ChoosePass(StepRecord chosen)
    {
        (pass, selected) = (chosen, chosen.ActivityId);
        within = HeatStrips.Within(watch.Steps, chosen.StepId);
    }

    private void ForgetPass() => (pass, within) = (null, new HashSet<string>());
}
