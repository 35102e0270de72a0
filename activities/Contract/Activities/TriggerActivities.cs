using Flows.Contract.Alerts;
using Flows.Contract.Triggers;

namespace Flows.Contract.Activities;

/// <summary>Descriptors of the activities that do nothing but start their flow.</summary>
public static class TriggerActivities
{
    public const string Category = "Triggers";

    private const string Advanced = "Advanced";

    private static readonly OutputDescriptor Count = Gives("count", "Count", "Int32", "How many there are.");

    private static readonly OutputDescriptor Payload = Gives("result", "Payload", "Object", "All that is known of what happened.");

    public static IReadOnlyList<ActivityDescriptor> Descriptors { get; } =
    [
        Starts(Schedules.Own, "Schedule", "Starts the flow by the clock.",
            [
                Field("cron", "Cron expression", "String", "5 fields (minute hour day month weekday), or 6 with seconds first: 0 6 * * MON-FRI."),
                Field("interval", "Interval", "TimeSpan", "Instead of cron: every so often, as hours:minutes:seconds, counted from when it was published."),
                Field("timeZone", "Time zone", "String", "A name such as Europe/Berlin; UTC when empty."),
                Field("except", "Except", "Object", "Days (2026-12-25) and cron expressions of times that are left out, as a JSON list or one a line.", "multiline"),
                Choice("misfire", "Missed times", "What becomes of times that passed while no server ran: one run for all, a run for each, or none.", "fireOnce", "fireAll", "skip"),
            ],
            Gives("scheduledAt", "Scheduled time", "DateTimeOffset", "The time that it fired for.")),

        Starts("Flows.FilesChanged", "Files changed", "Starts the flow when files of a folder are added, changed or removed.",
            [
                Field("path", "Folder or file", "String", "Whole path on the server's machine.") with { Required = true },
                Field("pattern", "Files", "String", "Which files count: *.csv in the folder itself, **/*.csv in those below it too. All of the folder when empty."),
                Number("settleSeconds", "Settle time (s)", "A file counts once nothing wrote to it for so long.", 2),
                Field("removed", "Also when removed", "Boolean", "Files that go are changes too.", "checkbox") with { Default = false },
                Number("pollSeconds", "Look every (s)", "Beside the system's notifications, which some file systems do not give.", 30, Advanced),
            ],
            Gives("file", "File", "String", "Path of the first file that changed."), Gives("files", "Files", "Object", "Name, path, size, time and change of each, at most 1,000."), Count),

        Starts("Flows.BucketChanged", "Bucket changed", "Starts the flow when objects below a prefix of a bucket are added or changed.",
            [
                Field("address", "Address", "String", "s3://bucket/prefix?endpoint=…&region=…; keys by accessKeyFrom and secretKeyFrom, names of secrets; on a server without login of environment variables too.") with { Required = true },
                Field("removed", "Also when removed", "Boolean", "Objects that go are changes too.", "checkbox") with { Default = false },
                Number("pollSeconds", "Look every (s)", "Seconds between two looks.", 60),
            ],
            Gives("key", "Key", "String", "Of the first object that changed."), Gives("objects", "Objects", "Object", "Key, change and ETag of each, at most 1,000."), Count),

        Starts("Flows.QueryChanged", "Query changed", "Starts the flow when a query gives another result, or rows beyond a watermark.",
            [
                Choice("database", "Database", "What the connection leads to.", "sqlite", "postgres"),
                Secret("connection", "Connection", "Path of the SQLite file, or PostgreSQL connection string; best a secret.") with { Required = true },
                Field("query", "Query", "String", "A SELECT; it is run in a transaction that may only read.", "sql") with { Required = true },
                Field("watermark", "Watermark", "String", "A column that only grows, such as id: the run gets the rows beyond the last. Empty: any other result than before."),
                Field("channel", "Channel", "String", "PostgreSQL: look at once when NOTIFY says so."),
                Number("pollSeconds", "Look every (s)", "Seconds between two looks.", 60),
            ],
            Gives("rows", "Rows", "Object", "Rows as JSON, at most 1,000."), Gives("row", "First row", "Object", "The first of them."), Count),

        Starts("Flows.Notified", "PostgreSQL notification", "Starts the flow with each NOTIFY on a channel; what nobody listens to is lost.",
            [
                Secret("connection", "Connection", "PostgreSQL connection string; best a secret.") with { Required = true },
                Field("channel", "Channel", "String", "Name of the channel.") with { Required = true },
            ],
            Gives("payload", "Text", "Object", "What NOTIFY said: JSON as what it is, else text.")),

        Starts("Flows.CodeChanged", "Code changed", "Starts the flow when a branch of a git repository has new commits.",
            [
                Field("repository", "Repository", "String", "Path on the server's machine, or an address as git clone takes it.") with { Required = true },
                Field("branch", "Branch", "String", "Its name; main when empty."),
                Field("paths", "Paths", "Object", "Only commits that touch one of these, as a JSON list or one a line: src, *.py.", "multiline"),
                Number("pollSeconds", "Look every (s)", "A webhook of its own makes it look at once.", 60),
                Secret("secret", "Webhook secret", "What a push has to show that comes to its webhook."),
            ],
            Gives("commit", "Commit", "String", "The newest."), Gives("before", "Before", "String", "The newest of the last time."), Gives("commits", "Commits", "Object", "Id, author, time and message of each, newest first, at most 200."),
            Gives("changedPaths", "Paths", "Object", "Files that they touch."), Gives("forced", "Forced", "Boolean", "The branch does not follow from what it was."), Count),

        Starts("Flows.Webhook", "Webhook", "Starts the flow by a request to an address that nobody can guess.",
            [
                Choice("kind", "From", "Whose headers and signature it has. Plain: anybody, with the header Flows-Signature where there is a secret.", "plain", "gitlab", "github"),
                Secret("secret", "Secret", "What its sender signs with; GitLab sends it as its token. Best a secret of the project."),
                Field("events", "Events", "String[]", "Only these, as the sender names them, as a JSON list: [\"Push Hook\"]. All when empty.", "json"),
                Field("bodyLimit", "Largest body", "Int64", "Bytes; 25 MB when empty.", "number", Advanced),
            ],
            Gives("body", "Body", "Object", "JSON as what it is, else text."), Gives("event", "Event", "String", "What the sender calls it."), Gives("query", "Query", "ObjectDictionary", "Values of the query string.")),

        Starts("Flows.RunFinished", "Run finished", "Starts the flow when a run of another flow is over.",
            [
                Field("flow", "Flow", "String", "Definition id of the other flow; empty: any but this."),
                Choice("outcome", "Outcome", "How it has to end.", "finished", "faulted", "cancelled", "any"),
            ],
            Gives("runId", "Run", "String", "Its id."), Gives("finishedFlow", "Flow", "String", "Definition id of its flow."), Gives("ending", "Ending", "String", "finished, faulted or cancelled."),
            Gives("output", "Output", "Object", "The outputs of its flow."), Gives("message", "Message", "String", "Why it faulted.")),

        Starts("Flows.ModelChanged", "Model changed", "Starts the flow when a model has a new version, or an alias points at another one.",
            [
                Field("model", "Model", "String", "Name of the model.") with { Required = true },
                Field("alias", "Alias", "String", "Only when this alias moves; empty: each new version."),
                Number("pollSeconds", "Look every (s)", "Seconds between two looks.", 1, Advanced),
            ],
            Gives("modelVersion", "Version", "Int32", "Its number."), Gives("artifact", "Model", "Model", "The model itself.")),

        Starts("Flows.DataSetChanged", "Data set changed", "Starts the flow when a data set has a new version.",
            [Field("dataSet", "Data set", "String", "Name of the data set.") with { Required = true }],
            Gives("dataSetVersion", "Version", "Int32", "Its number."), Gives("data", "Data", "Artifact", "The version's data.")),

        Starts("Flows.Alert", "Alert", "Starts the flow when an alert of a name is raised.",
            [
                Field("alert", "Alert", "String", "Name of the alert; it is raised by POST /api/alerts, or as the event alert:NAME.") with { Required = true },
                Choice("minSeverity", "From severity", "The least that counts.", [.. Alert.Severities]),
                Field("withLabels", "With labels", "Object", "Only alerts that have all of these, as JSON: {\"model\": \"digits\"}. Any when empty.", "json"),
            ],
            Gives("severity", "Severity", "String", "info, warning, error or critical."), Gives("labels", "Labels", "Object", "What it is about."), Gives("message", "Message", "String", "For people.")),
    ];

    private static ActivityDescriptor Starts(string type, string title, string description, InputDescriptor[] inputs, params OutputDescriptor[] outputs) => new()
    {
        Type = type,
        DisplayName = title,
        Category = Category,
        Description = description,
        IsTrigger = true,
        OnlyStarts = true,
        Inputs = inputs,
        Outputs = [Payload, .. outputs],
    };

    private static InputDescriptor Field(string name, string title, string type, string description, string editor = "text", string group = "") =>
        new(name, title, type) { Description = description, Editor = editor, Group = group };

    private static InputDescriptor Choice(string name, string title, string description, params string[] choices) =>
        Field(name, title, "String", description, "choice") with { Choices = choices, Default = choices[0] };

    private static InputDescriptor Number(string name, string title, string description, double otherwise, string group = "") =>
        Field(name, title, "Double", description, "number", group) with { Default = otherwise };

    private static InputDescriptor Secret(string name, string title, string description) => Field(name, title, "String", description, "secret") with { TakesSecret = true };

    private static OutputDescriptor Gives(string name, string title, string type, string description) => new(name, title, type) { Description = description };
}
