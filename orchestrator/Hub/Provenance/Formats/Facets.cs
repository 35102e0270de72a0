using System.Text.Json.Nodes;
using Flows.Contract.Artifacts;

namespace Flows.Hub.Provenance.Formats;

/// <summary>OpenLineage's facets, as its schemas of spec 2-0-2 have them: each says who made it and where its schema is.</summary>
internal static class Facets
{
    /// <summary>Who makes the events.</summary>
    public const string Producer = "https://flows.dev/hub";

    public static JsonObject Engine(string? version) => Of("1-1-1/ProcessingEngineRunFacet", ("version", version ?? "1"), ("name", "Flows"));

    public static JsonObject Parent(string runId, string space, string job) => Of("1-2-0/ParentRunFacet",
        ("run", new JsonObject { ["runId"] = runId }), ("job", new JsonObject { ["namespace"] = space, ["name"] = job }));

    public static JsonObject Nominal(DateTimeOffset start, DateTimeOffset? end) => Of("1-0-1/NominalTimeRunFacet", ("nominalStartTime", Time(start)), ("nominalEndTime", end is { } at ? Time(at) : null));

    /// <param name="language">Of what failed.</param>
    public static JsonObject Error(string message, string language) => Of("1-0-1/ErrorMessageRunFacet", ("message", message), ("programmingLanguage", language));

    public static JsonObject Parameters(JsonObject parameters) => Of("1-0-0/ExecutionParametersRunFacet",
        ("parameters", new JsonArray([.. parameters.Select(one => new JsonObject { ["key"] = one.Key, ["name"] = one.Key, ["value"] = one.Value is JsonValue value ? value.ToString() : one.Value?.ToJsonString() ?? "" })])));

    /// <param name="type">FLOW or STEP.</param>
    public static JsonObject JobType(string type) => Of("2-0-4/JobTypeJobFacet", ("processingType", "BATCH"), ("integration", "FLOWS"), ("jobType", type));

    public static JsonObject Owner(string name) => Of("1-0-1/OwnershipJobFacet", ("owners", new JsonArray(new JsonObject { ["name"] = name, ["type"] = "AUTHOR" })));

    public static JsonObject Documentation(string text) => Of("1-1-0/DocumentationJobFacet", ("description", text));

    public static JsonObject Code(string remote, string path, string version, string? branch) => Of("1-1-0/SourceCodeLocationJobFacet",
        ("type", "git"), ("url", remote), ("repoUrl", remote), ("path", path), ("version", version), ("branch", branch));

    public static JsonObject Version(string version) => Of("1-0-1/DatasetVersionDatasetFacet", ("datasetVersion", version));

    public static JsonObject Type(string type) => Of("1-0-1/DatasetTypeDatasetFacet", ("datasetType", type));

    public static JsonObject Source(string name, string uri) => Of("1-0-1/DatasourceDatasetFacet", ("name", name), ("uri", uri));

    public static JsonObject Schema(IReadOnlyList<TableColumn> columns) => Of("1-2-0/SchemaDatasetFacet",
        ("fields", new JsonArray([.. columns.Select((column, i) => new JsonObject { ["name"] = column.Name, ["type"] = column.Type, ["ordinal_position"] = i + 1 })])));

    public static JsonObject Output(long? rows, long size) => Of("1-0-2/OutputStatisticsOutputDatasetFacet", ("rowCount", rows), ("size", size));

    public static JsonObject Input(long? rows, long size) => Of("1-0-0/InputStatisticsInputDatasetFacet", ("rowCount", rows), ("size", size));

    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture);

    private static JsonObject Of(string schema, params (string Name, JsonNode? Value)[] fields)
    {
        var facet = new JsonObject { ["_producer"] = Producer, ["_schemaURL"] = $"https://openlineage.io/spec/facets/{schema}.json#/$defs/{schema.Split('/')[1]}" };
        foreach (var (name, value) in fields) if (value is not null) facet[name] = value;
        return facet;
    }
}
