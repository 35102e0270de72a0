using System.Text.Json.Nodes;
using Flows.Contract.Approvals;
using Flows.Contract.Definitions;
using Flows.Engine.Activities;
using Flows.Engine.Run;

namespace Flows.Engine;

/// <summary>Steps that ask people: an answer is one of their options, and only a deadline that has come answers by itself.</summary>
public sealed partial class RunState
{
    /// <summary>What may be answered to a step with these inputs.</summary>
    public static IReadOnlyList<string> OptionsOf(JsonObject inputs) => Asking.Options(inputs);

    /// <summary>Who may answer a step with these inputs; none: everybody.</summary>
    public static IReadOnlyList<string> AnswerersOf(JsonObject inputs) => Asking.Texts(inputs["answerers"]);

    private static bool Asks(Step step) => step.Node.Type == Approval.ActivityType && step is { WaitsToRetry: false, IsHalted: false };

    // Whatever else resumes the bookmark leaves the question open.
    private bool IsAnswer(Step step, JsonNode? input) => input is null
        ? _bookmarks[step.BookmarkNumber].Record.DueAt <= _now
        : input is JsonObject answer && answer.Text("answer") is { } said && Asking.Options(step.Inputs).Contains(said);

    private void Answer(Step step, JsonObject? answer)
    {
        var said = answer?.Text("answer") ?? Asking.Default(step.Inputs);
        if (said is null)
        {
            Fault(step, "Nobody answered before the deadline.");
            return;
        }
        SetOutputs(step, new JsonObject
        {
            ["answer"] = said,
            ["by"] = answer?.Text("by"),
            ["comment"] = answer?.Text("comment"),
            ["values"] = answer?["form"]?.DeepClone(),
        });
        Complete(step, [said]);
    }
}
