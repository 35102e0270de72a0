using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Contract.Triggers;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Flows.Hub.Triggers.Watches.Code;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Flows.Hub.Triggers.Webhooks;

/// <summary>Requests to <c>/hooks/{token}</c>: checked, known again when they come again, and fired.</summary>
internal sealed class WebhookEndpoints(WebhookTokens tokens, TriggerIndex index, TriggerSecrets secrets, FireBook fires, TriggerLooks looks, TimeProvider time)
{
    public const string Type = "Flows.Webhook";

    /// <summary>Bytes of a body: GitHub sends up to 25 MB.</summary>
    public const long MostBytes = 25L * 1024 * 1024;

    public async Task<IResult> ReceiveAsync(string token, HttpRequest request, RunHost host, CancellationToken cancellation)
    {
        if (await tokens.FindAsync(token, cancellation) is not { } key || await index.FindAsync(key, cancellation) is not { } trigger) return Problems.NotFound("There is no such webhook.");
        var inputs = JsonNode.Parse(trigger.Inputs)!.AsObject();
        var body = await LimitedBody.ReadAsync(request, Limit(inputs), cancellation);
        var delivery = new Delivery(request.Headers, body);
        var kind = trigger.ActivityType == Type ? inputs.Text("kind") is { Length: > 0 } said ? said : "plain" : delivery.Kind;
        if (await MistrustAsync(trigger, key, kind, delivery, cancellation) is { } why)
        {
            await fires.FailAsync(key, $"A delivery was refused: {why}");
            return TypedResults.Problem(why, statusCode: StatusCodes.Status401Unauthorized, title: "Not trusted");
        }
        if (trigger.ActivityType == CodeChanged.Type) return await LookAsync(key);
        return IsWanted(inputs, kind, delivery) ? await FireAsync(key, kind, delivery, body, request, host, cancellation) : TypedResults.NoContent();
    }

    /// <summary>A new address, which is told this once; an earlier one is known no more.</summary>
    public static async Task<Results<Created<WebhookAddress>, ProblemHttpResult>> IssueAsync(string definitionId, string activityId, HttpRequest request, TriggerBook book, WebhookTokens tokens, CancellationToken cancellation)
    {
        var key = new TriggerKey(definitionId, activityId);
        if (await book.FindAsync(key, cancellation) is not { } trigger) return TriggerEndpoints.None(key);
        if (trigger.ActivityType is not (Type or CodeChanged.Type)) return Problems.Conflict($"The trigger {key} has no address: that have webhooks and code changed.");
        var url = $"{request.Scheme}://{request.Host}/hooks/{await tokens.IssueAsync(trigger)}";
        return TypedResults.Created((string?)null, new WebhookAddress(url));
    }

    private async Task<string?> MistrustAsync(TriggerRow trigger, TriggerKey key, string kind, Delivery delivery, CancellationToken cancellation)
    {
        if (await secrets.FindAsync(key, trigger.ProjectId, "secret", cancellation) is { } secret) return delivery.Mistrust(kind, secret, time.GetUtcNow());
        // A secret that is named and cannot be found must not open the door.
        if (await secrets.IsAskedForAsync(key, "secret", cancellation)) return "The webhook's secret cannot be found.";
        return kind == "plain" || trigger.ActivityType == CodeChanged.Type ? null : $"A webhook for {kind} needs a secret.";
    }

    private async Task<IResult> LookAsync(TriggerKey key)
    {
        await looks.AskAsync(CodeChanged.Topic, key);
        return TypedResults.Accepted((string?)null);
    }

    private async Task<IResult> FireAsync(TriggerKey key, string kind, Delivery delivery, byte[] body, HttpRequest request, RunHost host, CancellationToken cancellation)
    {
        host.DemandRoom();
        var payload = new JsonObject
        {
            ["event"] = delivery.EventOf(kind),
            ["delivery"] = delivery.IdOf(kind),
            ["body"] = Read(request.ContentType, body),
            ["query"] = new JsonObject(request.Query.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value.ToString()))),
        };
        var fire = new Fire(delivery.IdOf(kind) is { } id ? RunStore.Digest(id)[..40] : host.NewId(), time.GetUtcNow(), payload);
        switch (await fires.FireAsync(key, fire, null, cancellation))
        {
            case Fired.Taken taken: return taken.IsNew ? TypedResults.Accepted($"/api/runs/{taken.RunId}", new Received(taken.RunId, false)) : TypedResults.Ok(new Received(taken.RunId, true));
            case Fired.Full full:
                request.HttpContext.Response.Headers.RetryAfter = "5";
                return TypedResults.Problem(full.Why, statusCode: StatusCodes.Status429TooManyRequests, title: "Too many");
            case Fired.Refused refused: return Problems.Conflict(refused.Why);
            default: return Problems.NotFound("There is no such webhook.");
        }
    }

    private static bool IsWanted(JsonObject inputs, string kind, Delivery delivery)
    {
        IReadOnlyList<string> wanted = inputs.Text("events") is { Length: > 0 } text ? text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : [.. inputs.Texts("events")];
        if (kind == "github" && delivery.EventOf(kind) == "ping") return false;
        return wanted.Count == 0 || wanted.Contains(delivery.EventOf(kind), StringComparer.OrdinalIgnoreCase);
    }

    private static long Limit(JsonObject inputs) => long.TryParse(inputs["bodyLimit"].AsText(), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && bytes is > 0 and < MostBytes ? bytes : MostBytes;

    private static JsonNode? Read(string? type, byte[] body)
    {
        if (body.Length == 0) return null;
        var text = Encoding.UTF8.GetString(body);
        if (type?.Contains("json", StringComparison.OrdinalIgnoreCase) != true) return text;
        try { return JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { MaxDepth = ContractJson.MaxDepth }); }
        catch (JsonException broken) { throw new RequestFault($"The body cannot be read as JSON: {broken.Message}"); }
    }
}

/// <summary>Answer to a delivery.</summary>
/// <param name="Repeated">It had come before and started nothing again.</param>
public sealed record Received(string RunId, bool Repeated);

/// <summary>Asks whoever watches for a trigger to look now, on whichever orchestrator that is.</summary>
internal sealed class TriggerLooks(RunStore store, Signals signals)
{
    public async Task AskAsync(string topic, TriggerKey key)
    {
        await store.WriteAsync(db => signals.Send(db, topic, key.ToString()));
        signals.Wake(topic, key.ToString());
    }
}
