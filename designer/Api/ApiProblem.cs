using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Checks;
using Flows.Contract.Definitions;

namespace Flows.Designer.Api;

/// <summary>What the server said no to, in words for the person at the screen. Status 0: no answer at all.</summary>
public sealed class ApiProblem(HttpStatusCode status, string title, string? detail = null) : Exception(detail ?? title)
{
    public HttpStatusCode Status { get; } = status;

    public string Title { get; } = title;

    public string? Detail { get; } = detail;

    /// <summary>Every problem of the flow that was refused; empty for other refusals.</summary>
    public IReadOnlyList<FlowProblem> Problems { get; init; } = [];

    /// <summary>The whole problem document, for extensions such as the current version of a conflict.</summary>
    public JsonObject Body { get; init; } = [];

    public static ApiProblem Unreachable(Exception cause) => new(0, "The server does not answer.", cause.Message);

    public static async Task<ApiProblem> ReadAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        return TryParse(text) is { } body
            ? new ApiProblem(answer.StatusCode, body.Text("title") ?? Plain(answer), body.Text("detail")) { Problems = FlowProblems(body), Body = body }
            : new ApiProblem(answer.StatusCode, Plain(answer), text.Length is > 0 and < 400 ? text : null);
    }

    private static string Plain(HttpResponseMessage answer) => answer.StatusCode switch
    {
        HttpStatusCode.NotFound => "That does not exist (any more).",
        HttpStatusCode.RequestEntityTooLarge => "The file is too large.",
        _ => $"The server answered {(int)answer.StatusCode}.",
    };

    private static IReadOnlyList<FlowProblem> FlowProblems(JsonObject body)
    {
        try { return body["problems"]?.Deserialize<List<FlowProblem>>(ContractJson.Options) ?? []; }
        catch (JsonException) { return []; }
    }

    private static JsonObject? TryParse(string text)
    {
        try { return JsonNode.Parse(text) as JsonObject; }
        catch (JsonException) { return null; }
    }
}
