using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Contract.Activities;

/// <summary>Descriptors of Elsa's activities that make a flow an HTTP endpoint.</summary>
internal static class HttpActivities
{
    private const string Limits = "Limits";

    // Elsa's names.
    private static Dictionary<string, string> Exposed { get; } = new()
    {
        ["RequestTooLarge"] = "Request too large",
        ["FileTooLarge"] = "File too large",
        ["InvalidFileExtension"] = "Invalid file extension",
        ["InvalidFileMimeType"] = "Invalid file MIME type",
    };

    public static IReadOnlyList<ActivityDescriptor> Descriptors { get; } =
    [
        new()
        {
            Type = "Elsa.HttpEndpoint",
            DisplayName = "HTTP endpoint",
            Category = "Events",
            Description = "Starts the flow by a request to a path below /workflows, or waits for one.",
            IsTrigger = true,
            Inputs =
            [
                Field("path", "Path", "String", "Path below /workflows, with places for values: orders/{id}.") with { Required = true },
                Field("supportedMethods", "Methods", "String[]", "GET, POST, …, as a JSON list; GET when empty.", "json"),
                Field("authorize", "Only logged in", "Boolean", "Take requests of people who are logged in only.", "checkbox", "Security"),
                Field("policy", "Policy", "String", "Name of a rule that the person has to meet.", group: "Security"),
                Field("requestTimeout", "Time limit", "TimeSpan", "Until when there has to be an answer, as hours:minutes:seconds; the run goes on after it.", group: Limits),
                Field("requestSizeLimit", "Largest request", "Int64", "Bytes; 64 MB when empty.", "number", Limits),
                Field("fileSizeLimit", "Largest file", "Int64", "Bytes of one uploaded file.", "number", Limits),
                Field("allowedFileExtensions", "File extensions", "String[]", "Those that are taken, as a JSON list; all when empty.", "json", Limits),
                Field("blockedFileExtensions", "Blocked file extensions", "String[]", "Those that are not taken, as a JSON list.", "json", Limits),
                Field("allowedMimeTypes", "Media types", "String[]", "Media types of files that are taken, as a JSON list; all when empty.", "json", Limits),
                .. Exposed.Select(one => Field($"expose{one.Key}Outcome", $"Port for '{one.Value}'", "Boolean", "The flow goes on over that port instead of the request being refused.", "checkbox", Limits)),
            ],
            Outputs =
            [
                Gives("result", "Request", "Object", "Method, path, host and other facts of the request."),
                Gives("parsedContent", "Content", "Object", "Its body: JSON as what it is, a form as its fields, text as text, anything else as an artifact."),
                Gives("files", "Files", "Object", "Uploaded files, as artifacts."),
                Gives("routeData", "Path values", "ObjectDictionary", "Values of the places in the path."),
                Gives("queryStringData", "Query", "ObjectDictionary", "Values of the query string."),
                Gives("headers", "Headers", "ObjectDictionary", "Headers of the request, without cookies and authorization."),
            ],
        },
        new()
        {
            Type = "Elsa.WriteHttpResponse",
            DisplayName = "Write HTTP response",
            Category = "Events",
            Description = "Answers the request that started the run or that it waited for; the run goes on.",
            Inputs =
            [
                Field("statusCode", "Status", "Int32", "HTTP status code.", "number") with { Default = 200 },
                Field("content", "Content", "Object", "Body of the answer: text as it is, an artifact as its bytes, anything else as JSON.", "multiline"),
                Field("contentType", "Content type", "String", "Media type of the body; text/plain or application/json when empty."),
                Field("responseHeaders", "Headers", "ObjectDictionary", "Further headers, as a JSON object.", "json", "Advanced"),
            ],
        },
    ];

    /// <summary>Outcomes of an endpoint besides Done, as it exposes them.</summary>
    public static IEnumerable<string> OutcomesOf(FlowActivity endpoint) =>
        Exposed.Where(one => IsOn(endpoint.Input($"expose{one.Key}Outcome"))).Select(one => one.Value);

    private static bool IsOn(FlowInput? input) => input is { ExpressionType: ExpressionTypes.Literal } && string.Equals(input.Value.AsText(), "true", StringComparison.OrdinalIgnoreCase);

    private static InputDescriptor Field(string name, string title, string type, string description, string editor = "text", string group = "") =>
        new(name, title, type) { Description = description, Editor = editor, Group = group };

    private static OutputDescriptor Gives(string name, string title, string type, string description) => new(name, title, type) { Description = description };
}
