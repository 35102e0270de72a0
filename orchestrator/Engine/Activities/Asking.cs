using System.Globalization;
using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Approvals;
using Flows.Contract.Definitions;
using Flows.Engine.Expressions;

namespace Flows.Engine.Activities;

/// <summary>Flows.Approval: waits for somebody's answer, or for its deadline.</summary>
internal static class Asking
{
    public static StepResult Ask(OwnActivityCall call)
    {
        var options = Options(call.Inputs);
        if (options.Distinct().Count() < options.Count) throw new ActivityFault("'options' names one option twice.");
        if (Default(call.Inputs) is { } answer && !options.Contains(answer)) throw new ActivityFault($"'defaultAnswer' must be one of {string.Join(", ", options)}, not '{answer}'.");
        if (ApprovalForm.Of(call.Inputs["form"]) is { Problems: [var problem, ..] }) throw new ActivityFault($"'form': {problem}");
        return new StepResult { Suspend = true, DueAt = DueAt(call) };
    }

    /// <summary>What may be answered.</summary>
    public static IReadOnlyList<string> Options(JsonObject? inputs) => Texts(inputs?["options"]) is { Count: > 0 } options ? options : [Approval.Approved, Approval.Rejected];

    public static string? Default(JsonObject? inputs) => inputs?.Text("defaultAnswer") is { Length: > 0 } answer ? answer : null;

    public static IReadOnlyList<string> Texts(JsonNode? value) => ValueConversion.FromJsonText(value) switch
    {
        JsonArray list => [.. list.Select(JsonReading.AsText).Where(text => !string.IsNullOrWhiteSpace(text)).Select(text => text!.Trim())],
        { } one when one.AsText() is { Length: > 0 } text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        _ => [],
    };

    private static DateTimeOffset? DueAt(OwnActivityCall call)
    {
        if (call.Text("deadline") is not { Length: > 0 } text) return null;
        if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) && span > TimeSpan.Zero) return call.Time.GetUtcNow() + span;
        throw new ActivityFault($"'deadline' must be a duration such as 1.00:00:00 (a day), not '{text}'.");
    }
}
