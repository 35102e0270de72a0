using System.Text.Json.Nodes;
using Flows.Contract.Approvals;
using Flows.Contract.Definitions;
using Flows.Engine;

namespace Flows.Hub.Approvals;

/// <summary>What a waiting step asks, from the inputs it was given.</summary>
internal static class Asked
{
    public static Approval Of(WaitingStep step)
    {
        var inputs = step.Asked ?? [];
        return new Approval(step.Bookmark.Id, "", step.Bookmark.ActivityId)
        {
            Question = inputs.Text("question") ?? "",
            About = inputs["about"]?.DeepClone(),
            Options = RunState.OptionsOf(inputs),
            Form = ApprovalForm.Of(inputs["form"]).Fields,
            Answerers = RunState.AnswerersOf(inputs),
            DueAt = step.Bookmark.DueAt,
            DefaultAnswer = inputs.Text("defaultAnswer") is { Length: > 0 } answer ? answer : null,
        };
    }
}
