using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Provenance.Graphs;
using Flows.Contract.Runs;
using Flows.Designer.Controls;

namespace Flows.Designer.Provenance;

/// <summary>How a trace's things are called and where their pages are.</summary>
public static class TraceWords
{
    public static string Kind(string kind) => kind switch
    {
        TraceKinds.DataSet => "Data set",
        TraceKinds.ModelVersion => "Model",
        TraceKinds.OutsideRun => "Run elsewhere",
        TraceKinds.OutsideData => "Data elsewhere",
        _ => char.ToUpperInvariant(kind[0]) + kind[1..],
    };

    public static string Icon(string kind) => kind switch
    {
        TraceKinds.Run or TraceKinds.OutsideRun => "run",
        TraceKinds.Step => "step",
        TraceKinds.DataSet => "stack",
        TraceKinds.ModelVersion => "model",
        TraceKinds.Deployment => "deployment",
        TraceKinds.Prediction => "bolt",
        TraceKinds.Source or TraceKinds.OutsideData => "download",
        _ => "file",
    };

    public static string Name(TraceNode node) => node.Title.Length > 0 ? node.Title : node.Kind == TraceKinds.Artifact ? node.Id[..Math.Min(12, node.Id.Length)] + "…" : node.Id;

    /// <summary>What stands below a thing's name in the drawing.</summary>
    public static string Note(TraceNode node) => node switch
    {
        { Quarantine: not null } => "In quarantine",
        { Integrity: TraceIntegrity.Damaged } => "Damaged",
        { Integrity: TraceIntegrity.Missing } => "Missing",
        { Kind: TraceKinds.Step } => $"Step · {Text(node, "activity").Split('.')[^1]}",
        { Kind: TraceKinds.Artifact } => $"{(Text(node, "kind") is { Length: > 0 } kind ? kind : "Artifact")} · {node.Id[..Math.Min(8, node.Id.Length)]}",
        { Kind: TraceKinds.Deployment } => $"Deployment · {Text(node, "endpoint")}",
        _ => Kind(node.Kind),
    };

    /// <summary>A fact's name as people say it: <c>definitionDigest</c> is Definition digest.</summary>
    public static string Called(string fact)
    {
        var words = string.Concat(fact.Select((letter, at) => at > 0 && char.IsAsciiLetterUpper(letter) && !char.IsAsciiLetterUpper(fact[at - 1]) ? $" {char.ToLowerInvariant(letter)}" : $"{letter}"));
        return words.Length == 0 ? "" : char.ToUpperInvariant(words[0]) + words[1..];
    }

    /// <summary>What became of the stored bytes that a report has hashed again.</summary>
    public static string Verdict(int stored) => stored switch
    {
        0 => "Nothing that it names is stored here, so there was nothing to hash again.",
        1 => "The one stored artifact was hashed again and is what it was.",
        _ => $"All {stored} stored artifacts were hashed again and are what they were.",
    };

    public static string Address(string kind, string id) => $"trace/{Uri.EscapeDataString(kind)}/{Uri.EscapeDataString(id)}";

    /// <summary>The page of the thing itself; null when it has none.</summary>
    public static string? Page(TraceNode node) => node.Kind switch
    {
        TraceKinds.Run => $"runs/{node.Id}",
        TraceKinds.Step => $"runs/{node.Id.Split('.')[0]}",
        TraceKinds.DataSet => $"datasets/{Uri.EscapeDataString(node.Id.Split(':')[0])}",
        TraceKinds.ModelVersion => $"models/{Uri.EscapeDataString(node.Id.Split(':')[0])}",
        TraceKinds.Deployment => "deployments",
        _ => null,
    };

    /// <summary>What can be asked for itself.</summary>
    public static bool IsTraced(string kind) => kind != TraceKinds.Source;

    public static string Text(TraceNode node, string fact) => node.Facts[fact] is JsonValue value ? value.ToString() : "";

    /// <summary>A fact in one line, for paper: what is in it by name, lists with semicolons between.</summary>
    public static string Line(string name, JsonNode value) => value switch
    {
        JsonObject { Count: 0 } or JsonArray { Count: 0 } => "none",
        JsonObject when Plain(name, value) is { } plain => plain,
        JsonObject facts => string.Join(", ", facts.Where(fact => fact.Value is not null).Select(fact => $"{fact.Key}: {(fact.Value is JsonObject { Count: > 0 } ? $"({Line(fact.Key, fact.Value)})" : Line(fact.Key, fact.Value!))}")),
        JsonArray list => string.Join("; ", list.Where(one => one is not null).Select(one => Line(name, one!))),
        _ => Plain(name, value) ?? "",
    };

    /// <summary>A fact as people read it; null for what is shown as a tree.</summary>
    public static string? Plain(string name, JsonNode? value) => value switch
    {
        JsonValue number when name == "size" && number.TryGetValue<long>(out var bytes) => Say.Size(bytes),
        JsonValue time when name.EndsWith("At", StringComparison.Ordinal) && DateTimeOffset.TryParse(time.ToString(), out var at) => Say.Moment(at),
        JsonValue plain => plain.ToString(),
        JsonObject used when name == "used" && used["cpuSeconds"] is JsonValue && used.Deserialize<ResourceUse>(ContractJson.Options) is { } use => Say.Used(use),
        _ => null,
    };
}
