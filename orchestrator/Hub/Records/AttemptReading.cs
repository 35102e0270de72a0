using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Artifacts;
using Flows.Contract.Provenance;
using Flows.Contract.Runs;
using Flows.Engine;
using Flows.Hub.Runs;

namespace Flows.Hub.Records;

/// <summary>Makes the record of an attempt from what its run's journal says of it.</summary>
internal static class AttemptReading
{
    /// <summary>Longest value, as JSON, that a record keeps as it is: 4,096 characters.</summary>
    public const int Longest = 4096;

    /// <param name="before">The step as it was while the attempt was under way.</param>
    /// <param name="shown">The step's inputs as its run shows them: what is hidden there is hidden here.</param>
    public static AttemptRecord Of(RunRow run, StepRecord before, JsonObject? shown, RunEvent.StepEnded ended) => new(run.Id, before.StepId, ended.Attempt, before.ActivityId, before.ActivityType)
    {
        DefinitionId = run.DefinitionId,
        Version = run.Version,
        DefinitionDigest = run.DefinitionDigest,
        ProjectId = run.ProjectId,
        Author = run.Author,
        Trigger = run.Trigger,
        StartedAt = before.StartedAt,
        FinishedAt = ended.At,
        Runner = before.Runner,
        Inputs = [.. Artifacts(ended.Result.Inputs)],
        Outputs = [.. Artifacts(ended.Result.Outputs)],
        Parameters = Parameters(shown),
        InputsDigest = Digest(ended.Result.Inputs),
        OutputsDigest = Digest(ended.Result.Outputs),
        Metrics = ended.Result.Metrics,
        Fault = ended.Result.Fault,
        CachedFrom = ended.Result.CachedFrom,
        Environment = ended.Result.Environment,
        Used = ended.Result.Used,
        Facts = ended.Result.Facts,
    };

    /// <summary>Every artifact in values by name.</summary>
    public static IEnumerable<PortArtifact> Artifacts(JsonObject? values) => (values ?? []).SelectMany(value => Within(value.Key, value.Value));

    /// <summary>SHA-256 of values, artifacts by digest and kind: what a step gives anew has other facts and the same bytes.</summary>
    public static string Digest(JsonNode? values) => RunStore.Digest(Plain(values)?.ToJsonString(ContractJson.Options) ?? "null");

    private static IEnumerable<PortArtifact> Within(string port, JsonNode? value) => value switch
    {
        JsonObject json when Artifact.From(json) is { } artifact => [new PortArtifact(port, artifact.Sha256, artifact.Kind, artifact.Name, artifact.Size)],
        JsonObject json => json.SelectMany(pair => Within($"{port}.{pair.Key}", pair.Value)),
        JsonArray list => list.SelectMany((item, i) => Within($"{port}[{i}]", item)),
        _ => [],
    };

    private static JsonObject Parameters(JsonObject? inputs) => new((inputs ?? [])
        .Where(input => !Within(input.Key, input.Value).Any())
        .Select(input => KeyValuePair.Create(input.Key, Bounded(input.Value))));

    private static JsonNode? Bounded(JsonNode? value) =>
        value?.ToJsonString(ContractJson.Options) is { Length: > Longest } ? new JsonObject { ["sha256"] = Digest(value) } : value?.DeepClone();

    private static JsonNode? Plain(JsonNode? value) => value switch
    {
        JsonObject json when Artifact.From(json) is { } artifact => $"{artifact.Kind} {artifact.Sha256}",
        JsonObject json => new JsonObject(json.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, Plain(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Plain)]),
        _ => value?.DeepClone(),
    };
}
