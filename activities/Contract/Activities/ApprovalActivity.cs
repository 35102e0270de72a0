using Flows.Contract.Approvals;

namespace Flows.Contract.Activities;

/// <summary>The activity that asks people.</summary>
internal static class ApprovalActivity
{
    public static ActivityDescriptor Descriptor { get; } = new()
    {
        Type = Approval.ActivityType,
        DisplayName = "Approval",
        Category = "Events",
        Description = "Asks people and waits for the answer, which is the way on: approved or rejected, or one of the options.",
        Inputs =
        [
            new("question", "Question", "String") { Required = true, Editor = "multiline", Description = "What is asked." },
            new("about", "About", "Object") { IsPort = true, Description = "Shown with the question: figures, a table, a picture." },
            new("options", "Options", "String[]") { Editor = "json", Description = "What may be answered, as a JSON list; empty: Approved and Rejected." },
            new("form", "Form", "Object") { Editor = "json", Description = "Fields to fill in, as a JSON list such as [{\"name\": \"reason\", \"type\": \"String\", \"required\": true}]; types String, Int32, Double, Boolean." },
            new("answerers", "Who may answer", "String[]") { Editor = "json", Description = "Names, as a JSON list; empty: everybody." },
            new("deadline", "Deadline", "TimeSpan") { Description = "As days.hours:minutes:seconds from when it is asked, for example 1.00:00:00; empty: none." },
            new("defaultAnswer", "Answer at the deadline", "String") { Description = "One of the options; empty: nobody answering is a fault." },
        ],
        Outputs =
        [
            new("answer", "Answer", "String") { Description = "The option that was chosen." },
            new("by", "By", "String") { Description = "Who answered; empty when it was the deadline." },
            new("comment", "Comment", "String") { Description = "What was said with it." },
            new("values", "Values", "Object") { Description = "The form, by field." },
        ],
        Outcomes = [Approval.Approved, Approval.Rejected],
    };
}
