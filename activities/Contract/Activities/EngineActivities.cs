using System.Text.Json.Nodes;

namespace Flows.Contract.Activities;

/// <summary>Descriptors of the activities whose behaviour is the engine's own: Elsa's control flow.</summary>
public static class EngineActivities
{
    private const string Branching = "Branching";
    private const string Looping = "Looping";
    private const string Flow = "Flow";
    private const string Values = "Values";
    private const string Time = "Time";
    private const string Outside = "Events";
    private const string Containers = "Containers";

    public static IReadOnlyList<ActivityDescriptor> Descriptors { get; } =
    [
        Own("Start", "Start", Flow, "Where a run begins."),
        Own("End", "End", Flow, "Ends its flowchart at once; what still waits in it is cancelled.") with { Outcomes = [] },
        Own("Finish", "Finish", Flow, "Finishes the whole run at once.") with { Outcomes = [] },
        Own("Complete", "Complete", Flow, "Ends the flow it stands in with the outcomes given, for a flow that is used as an activity.",
            Field("outcomes", "Outcomes", "Object", "One outcome, or a JSON list of them.")) with { Outcomes = [] },
        Own("Break", "Break", Looping, "Leaves the loop around it after this pass.") with { Outcomes = [] },
        Own("FlowNode", "Node", Flow, "Does nothing; a place where wires meet."),
        Own("Fault", "Fault", Flow, "Makes the run fault here with a message.",
            Field("message", "Message", "String", "What the incident says.", editor: "multiline"),
            Field("code", "Code", "String", "A short name for the kind of fault."),
            Field("category", "Category", "String", "A group of faults.", group: Advanced),
            Field("faultType", "Fault type", "String", "Whose fault it is: System, Business, ….", group: Advanced)) with { Outcomes = [] },

        Own("FlowDecision", "Decision", Branching, "Follows True or False.",
            Field("condition", "Condition", "Boolean", "Which way to go.", "checkbox")) with { Outcomes = ["True", "False"] },
        Own("FlowSwitch", "Switch", Branching, "Follows the first case that holds (or every one), else Default.",
            Field("cases", "Cases", "Object", "Label and condition of each case.", "cases"), Mode()) with { Outcomes = ["Default"] },
        Own("FlowFork", "Fork", Branching, "Follows several branches at once.",
            Field("branches", "Branches", "String[]", "Names of the branches, as a JSON list.", "json")) with { Outcomes = [] },
        Own("FlowJoin", "Join", Branching, "Brings branches together.",
            Choice("mode", "Mode", "WaitAny goes on with the first branch and cancels the others; WaitAll waits for every one; WaitAllActive for those that were taken.", "WaitAny", "WaitAll", "WaitAllActive")),
        Own("If", "If", Branching, "Runs one of two embedded activities.",
            Field("condition", "Condition", "Boolean", "Then when it holds, else Else.", "checkbox")) with { Slots = ["then", "else"] },
        Own("Switch", "Switch (embedded)", Branching, "Runs the embedded activity of the first case that holds, else the default.",
            Field("cases", "Cases", "Object", "Label, condition and activity of each case.", "cases"), Mode()) with { Slots = ["cases", "default"] },

        Own("While", "While", Looping, "Repeats its body as long as the condition holds.",
            Field("condition", "Condition", "Boolean", "Evaluated before every pass.", "checkbox")) with { Slots = ["body"] },
        Own("For", "For", Looping, "Repeats its body for every number from start to end.",
            Number("start", "Start", "First number.", 0), Number("end", "End", "Last number.", 0), Number("step", "Step", "Distance between two passes.", 1),
            Field("outerBoundInclusive", "Include end", "Boolean", "Whether the end itself gets a pass.", "checkbox") with { Default = true })
            with { Slots = ["body"], Outputs = [Gives("currentValue", "Current value", "Int32", "The number of this pass.")] },
        Own("ForEach", "For each", Looping, "Runs its body for one item after the other.",
            Field("items", "Items", "Object[]", "The list to go through.", "json")) with
            {
                Slots = ["body"],
                Outputs = [Gives("currentValue", "Current value", "Object", "The item of this pass.")],
            },
        Own("ParallelForEach", "For each in parallel", Looping, "Runs its body for all items at once; each pass has its own CurrentValue.",
            Field("items", "Items", "Object[]", "The list to go through.", "json")) with { Slots = ["body"] },

        Own("Flowchart", "Flowchart", Containers, "Activities wired by connections.") with { Slots = ["activities"] },
        Own("Sequence", "Sequence", Containers, "Activities one after the other.") with { Slots = ["activities"] },
        Own("Parallel", "Parallel", Containers, "Activities side by side; done when all are.") with { Slots = ["activities"] },
        Own("Fork", "Fork (embedded)", Containers, "Embedded branches side by side.",
            Choice("joinMode", "Join mode", "WaitAll is done when all branches are, WaitAny with the first.", "WaitAll", "WaitAny")) with { Slots = ["branches"] },
        Own("TryCatch", "Try and catch", Containers, "Runs its body; when that faults its catch, where FaultMessage and FaultActivityId are variables; in the end its finally, whatever happened.") with
        {
            Type = "Flows.TryCatch",
            Slots = ["body", "catch", "finally"],
            Outputs =
            [
                Gives("faultMessage", "Fault message", "String", "Why the body faulted; not set when it did not."),
                Gives("faultActivityId", "Faulted activity", "String", "Id of the activity that faulted."),
            ],
        },
        Own("Composite", "Composite", Containers, "One activity made of another.") with { Slots = ["root"] },
        Own("ExecuteWorkflow", "Run flow", Containers, "Runs another flow as a run of its own and takes its outputs.",
            Field("workflowDefinitionId", "Flow", "String", "Definition id of the flow to run.", "flow") with { Required = true },
            Field("input", "Input", "ObjectDictionary", "Inputs of the flow by name.", "json"),
            Field("correlationId", "Correlation id", "String", "Handed to the flow.", group: Advanced),
            Field("waitForCompletion", "Wait", "Boolean", "Go on only when the flow has finished; only then is there a result.", "checkbox") with { Default = false })
            with { Outputs = [Gives("result", "Result", "Object", "Outputs of the flow by name, and Status, SubStatus, Output and WorkflowInstanceId of its run.")] },
        Own("DispatchWorkflow", "Start flow", Containers, "Starts another flow as a run of its own and goes on.",
            Field("workflowDefinitionId", "Flow", "String", "Definition id of the flow to start.", "flow") with { Required = true },
            Field("input", "Input", "ObjectDictionary", "Inputs of the flow by name.", "json"),
            Field("correlationId", "Correlation id", "String", "Handed to the flow.", group: Advanced),
            Field("waitForCompletion", "Wait", "Boolean", "Go on only when the flow has finished.", "checkbox") with { Default = false })
            with { Outputs = [Gives("result", "Result", "Object", "WorkflowInstanceId of the run; when waited for also its status and its outputs by name.")] },
        Own("BulkDispatchWorkflows", "Start flow for each", Containers, "Starts a run of another flow for each item of a list, and waits for all of them.",
            Field("workflowDefinitionId", "Flow", "String", "Definition id of the flow to start.", "flow") with { Required = true },
            Field("items", "Items", "Object[]", "The list; an item that is an object gives its fields as inputs.", "json"),
            Field("defaultItemInputKey", "Input for the item", "String", "Name of the input that gets an item that is no object.") with { Default = "Item" },
            Field("correlationIdFunction", "Correlation id", "String", "Expression for each item's correlation id; sees the item as Item.", "javascript", Advanced),
            Field("input", "Input", "ObjectDictionary", "Further inputs, the same for all.", "json"),
            Field("waitForCompletion", "Wait", "Boolean", "Go on only when all of them are over.", "checkbox") with { Default = true })
            with
            {
                Outcomes = ["Done", "Completed", "Canceled"],
                Slots = ["childCompleted", "childFaulted"],
                Outputs = [Gives("result", "Result", "Object[]", "Of each run its id, status and outputs, in the order of the items.")],
            },

        Own("WriteLine", "Write line", Values, "Writes a line that the run page shows.", Field("text", "Text", "String", "The line.", "multiline")),
        Own("SetVariable", "Set variable", Values, "Gives a variable a value.",
            Field("variable", "Variable", "Variable", "The variable to set.", "variable") with { Required = true },
            Field("value", "Value", "Object", "Its new value.", "multiline")),
        Own("SetOutput", "Set output", Values, "Sets an output of the flow.",
            Field("outputName", "Output", "String", "Name of the flow's output.") with { Required = true },
            Field("outputValue", "Value", "Object", "Its value.", "multiline")),
        Own("SetName", "Set name", Values, "Names the run.", Field("value", "Name", "String", "What the run is called from now on.")),
        Own("Correlate", "Correlate", Values, "Sets the run's correlation id.", Field("correlationId", "Correlation id", "String", "Ties the run to something outside.")),
        Own("RunJavaScript", "Run JavaScript", Values, "Runs a script; what it returns is the result.",
            Field("script", "Script", "String", "getVariable, setVariable, getInput, getOutputFrom, setOutcome and variables.X are there.", "javascript") with { Required = true },
            Field("possibleOutcomes", "Outcomes", "String[]", "Outcomes that the script may choose with setOutcome, as a JSON list.", "json", Advanced))
            with { Outputs = [Gives("result", "Result", "Object", "What the script returned.")] },
        Own("ReadLine", "Read line", Values, "Reads a line from a console; faults on a server.") with { Outputs = [Gives("result", "Line", "String", "The line.")] },

        Own("Delay", "Delay", Time, "Waits for a while.", Field("timeSpan", "Duration", "TimeSpan", "As hours:minutes:seconds, for example 00:05:00.") with { Required = true }),
        Own("StartAt", "Start at", Time, "Waits until a time, or starts the flow then.", Field("dateTime", "Time", "DateTimeOffset", "ISO 8601, UTC unless it says otherwise.") with { Required = true }) with { IsTrigger = true },
        Own("Timer", "Timer", Time, "Starts the flow again and again, or waits for one interval.", Field("interval", "Interval", "TimeSpan", "As hours:minutes:seconds.") with { Required = true }) with { IsTrigger = true },
        Own("Cron", "Cron", Time, "Starts the flow by a cron expression, or waits for its next time.", Field("cronExpression", "Cron expression", "String", "5 fields, or 6 with seconds first; UTC.") with { Required = true }) with { IsTrigger = true },

        Own("Event", "Event", Outside, "Waits for an event of a name, or starts the flow with it.", Field("eventName", "Event", "String", "Name of the event.") with { Required = true })
            with { IsTrigger = true, Outputs = [Gives("result", "Payload", "Object", "What came with the event.")] },
        Own("PublishEvent", "Publish event", Outside, "Announces an event to flows that wait for it.",
            Field("eventName", "Event", "String", "Name of the event.") with { Required = true },
            Field("payload", "Payload", "Object", "What goes with it.", "multiline"),
            Field("correlationId", "Correlation id", "String", "Only runs with this id are meant.", group: Advanced),
            Field("isLocalEvent", "Only in this run", "Boolean", "Nothing outside of this run hears the event, and no flow starts by it.", "checkbox", Advanced) with { Default = false }),
        Own("RunTask", "Run task", Outside, "Waits until somebody reports that a task is done.",
            Field("taskName", "Task", "String", "Name of the task.") with { Required = true },
            Field("payload", "Payload", "Object", "What the task needs.", "multiline")) with { Outputs = [Gives("result", "Result", "Object", "What was reported.")] },
        .. HttpActivities.Descriptors,
        .. TriggerActivities.Descriptors,
        ApprovalActivity.Descriptor,
    ];

    private const string Advanced = "Advanced";

    private static ActivityDescriptor Own(string name, string title, string category, string description, params InputDescriptor[] inputs) => new()
    {
        Type = "Elsa." + name,
        DisplayName = title,
        Category = category,
        Description = description,
        Inputs = inputs,
    };

    private static InputDescriptor Field(string name, string title, string type, string description, string editor = "text", string group = "") =>
        new(name, title, type) { Description = description, Editor = editor, Group = group };

    private static InputDescriptor Number(string name, string title, string description, int initial) =>
        Field(name, title, "Int32", description, "number") with { Default = initial };

    private static InputDescriptor Choice(string name, string title, string description, params string[] choices) =>
        Field(name, title, "String", description, "choice") with { Choices = choices, Default = choices[0] };

    private static InputDescriptor Mode() =>
        Choice("mode", "Mode", "Only the first case that holds, or all that do.", "MatchFirst", "MatchAny");

    private static OutputDescriptor Gives(string name, string title, string type, string description) => new(name, title, type) { Description = description };
}
