using System.Text.Json.Nodes;
using Flows.Contract.Provenance.Graphs;

namespace Flows.Hub.Provenance.Formats;

/// <summary>A trace as an in-toto Statement v1 (in-toto.io/Statement/v1) with SLSA provenance v1 (slsa.dev/provenance/v1): what was made, from what, by what.</summary>
internal static class SlsaStatement
{
    public static JsonObject Of(Trace trace)
    {
        var subject = trace.Nodes.First(node => node.Key == trace.Subject);
        var run = MadeBy(trace, subject);
        return new JsonObject
        {
            ["_type"] = "https://in-toto.io/Statement/v1",
            ["subject"] = new JsonArray([.. Subjects(trace, subject)]),
            ["predicateType"] = "https://slsa.dev/provenance/v1",
            ["predicate"] = new JsonObject { ["buildDefinition"] = Definition(trace, subject, run), ["runDetails"] = Details(trace, subject, run) },
        };
    }

    // A version is its file; a run's subjects are what it registered; a deployment's and an answer's the versions behind them.
    private static IEnumerable<JsonNode> Subjects(Trace trace, TraceNode subject)
    {
        var made = subject.Facts["sha256"] is not null ? [subject] : trace.Nodes.Where(node => node.Kind == TraceKinds.ModelVersion).ToList();
        if (made.Count == 0) made = [.. trace.Nodes.Where(node => node.Kind == TraceKinds.Artifact && !trace.Links.Any(link => link.From == node.Key))];
        if (made.Count == 0) made = [.. trace.Nodes.Where(node => node.Kind == TraceKinds.Artifact)];
        return made.Select(node => Descriptor(node.Facts["file"]?.ToString() ?? node.Title, node));
    }

    private static JsonObject Definition(Trace trace, TraceNode subject, TraceNode? run) => new()
    {
        ["buildType"] = "https://flows.dev/provenance/run/v1",
        ["externalParameters"] = new JsonObject
        {
            ["subject"] = subject.Key,
            ["flow"] = run?.Facts["flow"]?.DeepClone(),
            ["version"] = run?.Facts["version"]?.DeepClone(),
            ["inputs"] = run?.Facts["inputs"]?.DeepClone() ?? new JsonObject(),
        },
        ["internalParameters"] = new JsonObject { ["steps"] = new JsonArray([.. trace.Nodes.Where(node => node.Kind == TraceKinds.Step).Select(Step)]) },
        ["resolvedDependencies"] = new JsonArray([.. Dependencies(trace, subject, run)]),
    };

    private static IEnumerable<JsonNode> Dependencies(Trace trace, TraceNode subject, TraceNode? run)
    {
        if (run?.Facts["definitionDigest"]?.ToString() is { } digest)
            yield return new JsonObject { ["name"] = $"flow {run.Facts["flow"]} version {run.Facts["version"]}", ["digest"] = new JsonObject { ["sha256"] = digest } };
        foreach (var node in trace.Nodes.Where(node => node.Key != subject.Key && node.Kind is TraceKinds.Artifact or TraceKinds.DataSet))
            if (node.Key != subject.Key) yield return Descriptor(node.Kind == TraceKinds.DataSet ? $"data set {node.Title}" : node.Title, node);
        foreach (var image in trace.Nodes.Select(node => node.Facts["image"]?.ToString()).OfType<string>().Distinct())
            yield return new JsonObject { ["name"] = "image that steps ran in", ["digest"] = new JsonObject { ["sha256"] = image[(image.IndexOf(':', StringComparison.Ordinal) + 1)..] } };
        foreach (var step in trace.Nodes.Where(node => node.Facts["code"]?["git"]?["commit"] is not null))
            yield return new JsonObject { ["uri"] = step.Facts["code"]!["git"]!["remote"]?.ToString(), ["digest"] = new JsonObject { ["gitCommit"] = step.Facts["code"]!["git"]!["commit"]!.ToString() } };
    }

    private static JsonObject Details(Trace trace, TraceNode subject, TraceNode? run) => new()
    {
        ["builder"] = new JsonObject { ["id"] = "https://flows.dev/hub/v1", ["version"] = new JsonObject { ["flows"] = trace.Nodes.Select(node => node.Facts["program"]?.ToString()).OfType<string>().FirstOrDefault() ?? "unknown" } },
        ["metadata"] = TraceWalk.Facts(("invocationId", run?.Id ?? subject.Key), ("startedOn", Time(run?.At ?? subject.At)), ("finishedOn", Time(run?.Facts["finishedAt"]?.ToString() is { } end ? DateTimeOffset.Parse(end, null) : null))),
        ["byproducts"] = new JsonArray([.. Byproducts(subject, run)]),
    };

    // Figures and answers of people: what was made has them, and they have no digest.
    private static IEnumerable<JsonNode> Byproducts(TraceNode subject, TraceNode? run)
    {
        if (subject.Facts["metrics"] is { } metrics) yield return new JsonObject { ["name"] = "metrics", ["annotations"] = new JsonObject { ["metrics"] = metrics.DeepClone() } };
        if (run?.Facts["approvals"] is { } approvals) yield return new JsonObject { ["name"] = "approvals", ["annotations"] = new JsonObject { ["approvals"] = approvals.DeepClone() } };
    }

    private static TraceNode? MadeBy(Trace trace, TraceNode subject) => subject.Kind == TraceKinds.Run ? subject
        : trace.Nodes.FirstOrDefault(node => node.Kind == TraceKinds.Run && node.Id == trace.Nodes.Select(made => made.Facts["run"]?.ToString()).OfType<string>().FirstOrDefault());

    private static JsonNode Step(TraceNode step) => TraceWalk.Facts(
        ("name", step.Title), ("activity", step.Facts["activity"]?.DeepClone()), ("parameters", step.Facts["parameters"]?.DeepClone()), ("seed", step.Facts["seed"]?.DeepClone()), ("host", step.Facts["host"]?.DeepClone()),
        ("environment", step.Facts["environment"]?["digest"]?.DeepClone()));

    private static JsonObject Descriptor(string name, TraceNode node) => new() { ["name"] = name, ["digest"] = new JsonObject { ["sha256"] = node.Facts["sha256"]?.ToString() ?? node.Id } };

    private static string? Time(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
}
