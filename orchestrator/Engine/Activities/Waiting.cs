using System.Globalization;
using Cronos;
using Flows.Contract.Activities;

namespace Flows.Engine.Activities;

/// <summary>Activities that suspend: until a time, or until something outside happens.</summary>
internal static class Waiting
{
    public static StepResult Delay(OwnActivityCall call) => Until(call.Time.GetUtcNow() + Span(call, "timeSpan"));

    public static StepResult Timer(OwnActivityCall call) => call.IsTrigger ? new StepResult() : Until(call.Time.GetUtcNow() + Span(call, "interval"));

    public static StepResult ForStimulus(OwnActivityCall call) => call.IsTrigger
        ? new StepResult { Outputs = Stimulus.OutputsOf(call.Node.Type, call.Scope.Run.TriggerInput), Outcomes = Stimulus.OutcomesOf(call.Node.Type, call.Scope.Run.TriggerInput) ?? [] }
        : new StepResult { Suspend = true };

    /// <summary>A trigger that is nothing else: it has what started the run, and nothing when that was another one or a person.</summary>
    public static StepResult PassTrigger(OwnActivityCall call) =>
        call.IsTrigger ? new StepResult { Outputs = Stimulus.OutputsOf(call.Node.Type, call.Scope.Run.TriggerInput) } : new StepResult();

    public static StepResult StartAt(OwnActivityCall call)
    {
        var text = call.Text("dateTime");
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
        {
            throw new ActivityFault($"'dateTime' of '{call.Node.Id}' is not a time: '{text}'.");
        }
        return call.IsTrigger || at <= call.Time.GetUtcNow() ? new StepResult() : Until(at);
    }

    public static StepResult Cron(OwnActivityCall call)
    {
        if (call.IsTrigger) return new StepResult();
        var text = call.Text("cronExpression") ?? "";
        try
        {
            var format = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard;
            var next = CronExpression.Parse(text, format).GetNextOccurrence(call.Time.GetUtcNow(), TimeZoneInfo.Utc);
            return Until(next ?? throw new ActivityFault($"'cronExpression' of '{call.Node.Id}' never comes: '{text}'."));
        }
        catch (CronFormatException broken)
        {
            throw new ActivityFault($"'cronExpression' of '{call.Node.Id}' cannot be read: {broken.Message}", broken);
        }
    }

    private static StepResult Until(DateTimeOffset at) => new() { Suspend = true, DueAt = at };

    private static TimeSpan Span(OwnActivityCall call, string name)
    {
        var text = call.Text(name);
        if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span)) return span;
        throw new ActivityFault($"'{name}' of '{call.Node.Id}' is not a duration such as 00:00:05: '{text}'.");
    }
}
