using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;

namespace Flows.Contract.Secrets;

/// <summary>The secrets that a step's activity names, opened when it needs them; from then on their values are masked in what the step says.</summary>
public sealed class StepSecrets(ISecrets secrets, string projectId)
{
    /// <summary>Knows none.</summary>
    public static StepSecrets None => new(new NoSecrets(), "default");

    public SecretMask Mask { get; } = new();

    /// <exception cref="ActivityFault">There is no such secret, or it is too short to be one.</exception>
    public async ValueTask<string> OpenAsync(string name, CancellationToken cancellation)
    {
        var value = await secrets.FindAsync(projectId, name, cancellation) ?? throw new ActivityFault($"There is no secret '{name}' in this project: make one, or choose another.");
        if (value.Length < SecretMask.Shortest) throw new ActivityFault($"The secret '{name}' is shorter than {SecretMask.Shortest} characters and is not used: it could not be kept out of logs.");
        Mask.Add(value);
        return value;
    }

    /// <summary>The step's inputs with the secrets that its expressions name in their places: for the activity alone, never to be recorded.</summary>
    public async Task<JsonObject> OpenAsync(FlowActivity activity, JsonObject inputs, CancellationToken cancellation)
    {
        if (SecretUse.Expressions(activity) is not { Count: > 0 } uses) return inputs;
        var opened = (JsonObject)inputs.DeepClone();
        foreach (var use in uses) opened[use.Field] = Value(await OpenAsync(use.Name, cancellation));
        return opened;
    }

    /// <summary>The log that the step writes to.</summary>
    public IStepLog Masked(IStepLog log) => new MaskedLog(log, Mask);

    // Where JSON is meant, such as for headers, the secret is JSON text.
    private static JsonNode? Value(string text) => text.AsSpan().TrimStart() is ['{', ..] ? JsonText(text) : JsonValue.Create(text);

    private static JsonNode? JsonText(string text)
    {
        try { return JsonNode.Parse(text) as JsonObject ?? (JsonNode)JsonValue.Create(text); }
        catch (System.Text.Json.JsonException) { return JsonValue.Create(text); }
    }

    private sealed class NoSecrets : ISecrets
    {
        public ValueTask<string?> FindAsync(string projectId, string name, CancellationToken cancellation) => ValueTask.FromResult<string?>(null);
    }

    private sealed class MaskedLog(IStepLog log, SecretMask mask) : IStepLog
    {
        public void Write(LogLevel level, string text) => log.Write(level, mask.Text(text));

        public void Progress(double share, string? text = null) => log.Progress(share, text is null ? null : mask.Text(text));
    }
}
