using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Library.Network;

namespace Flows.Library.Control;

/// <summary>
/// Sends a request and gives the answer. Outcomes as in Elsa: <c>Done</c>, and with expected status codes also the code
/// or <c>Unmatched status code</c>; <c>Failed to connect</c> and <c>Timeout</c> when there was no answer.
/// </summary>
[Activity("Elsa.SendHttpRequest", "Send HTTP request", Category = "Events", Heavy = true, Description = "Sends an HTTP request and gives the answer.",
    Outcomes = ["Done", Unmatched, FailedToConnect, TimedOut])]
public class SendHttpRequest : IActivity
{
    public const string Unmatched = "Unmatched status code";
    public const string FailedToConnect = "Failed to connect";
    public const string TimedOut = "Timeout";

    [Setting(DisplayName = "URL", Required = true, TakesSecret = true, Description = "http:// or https://.")] public string Url { get; init; } = "";

    [Setting, AllowedValues("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")] public string Method { get; init; } = "GET";

    /// <summary>Body: text as it is, anything else as JSON.</summary>
    [Setting(Editor = "multiline", TakesSecret = true, Description = "Body: text as it is, anything else as JSON.")] public JsonNode? Content { get; init; }

    /// <summary>Media type of the body; by default <c>application/json</c> for JSON and <c>text/plain</c> for text.</summary>
    [Setting(DisplayName = "Content type")] public string? ContentType { get; init; }

    [Setting(Editor = "secret", Description = "Value of the Authorization header, for example Bearer ….")] public string? Authorization { get; init; }

    /// <summary>Headers by name; a value may be a list.</summary>
    [Setting(DisplayName = "Headers", Editor = "json", Group = "Advanced", TakesSecret = true)] public JsonObject? RequestHeaders { get; init; }

    /// <summary>Codes that become outcomes of their own.</summary>
    [Setting(DisplayName = "Expected status codes", Group = "Advanced", Description = "Each becomes a port of its own, for example 200, 404.")] public IReadOnlyList<string> ExpectedStatusCodes { get; init; } = [];

    /// <summary>Seconds to wait for the whole answer, 1 to 3600. Default 100.</summary>
    [Setting(DisplayName = "Timeout (seconds)", Group = "Advanced"), Range(1, 3600)] public int TimeoutSeconds { get; init; } = 100;

    /// <summary>Largest answer that is read, in MB, 1 to 256. Default 16.</summary>
    [Setting(DisplayName = "Largest answer (MB)", Group = "Advanced"), Range(1, 256)] public int MaxAnswer { get; init; } = 16;

    [Output] public int StatusCode { get; private set; }

    /// <summary>The body: JSON as JSON, everything else as text.</summary>
    [Output] public JsonNode? ParsedContent { get; private set; }

    [Output] public JsonObject ResponseHeaders { get; private set; } = [];

    public async Task RunAsync(ActivityContext context, CancellationToken cancellation)
    {
        using var request = HttpRequest.Of(this);
        using var clock = new CancellationTokenSource(TimeSpan.FromSeconds(TimeoutSeconds), context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, clock.Token);
        try
        {
            using var response = await OutgoingRequests.By(context.Network).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            await ReadAsync(response, either.Token);
            context.Log.Write(LogLevel.Info, $"{Method} {Url}: {StatusCode}");
            context.Outcomes.AddRange(Outcomes());
        }
        catch (HttpRequestException broken)
        {
            context.Log.Write(LogLevel.Error, $"{Method} {Url}: {broken.Message}");
            context.Outcomes.Add(FailedToConnect);
        }
        catch (OperationCanceledException) when (clock.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            context.Log.Write(LogLevel.Error, $"{Method} {Url}: no answer within {TimeoutSeconds} s");
            context.Outcomes.Add(TimedOut);
        }
    }

    private IEnumerable<string> Outcomes()
    {
        var code = StatusCode.ToString(CultureInfo.InvariantCulture);
        if (ExpectedStatusCodes.Count > 0) yield return ExpectedStatusCodes.Contains(code) ? code : Unmatched;
        yield return "Done";
    }

    private async Task ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers)) ResponseHeaders[name] = string.Join(", ", values);
        ParsedContent = await HttpAnswer.ReadAsync(response.Content, MaxAnswer, cancellation);
    }
}
