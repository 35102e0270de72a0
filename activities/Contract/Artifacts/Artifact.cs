using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flows.Contract.Artifacts;

/// <summary>
/// A reference to stored bytes, by SHA-256: what a variable of type <c>Artifact</c> holds and a data wire carries.
/// A folder's digest is that of its manifest.
/// </summary>
/// <param name="Sha256">64 lower-case hex digits.</param>
/// <param name="Kind">Port type: <c>Table, Model, File, Folder, Image, Metrics</c>.</param>
/// <param name="Name">File name for people.</param>
/// <param name="Size">Bytes.</param>
public sealed record Artifact(string Sha256, string Kind, string Name, long Size)
{
    public string MediaType { get; init; } = "application/octet-stream";

    /// <summary>Rows of a table; null for everything else.</summary>
    public long? Rows { get; init; }

    /// <summary>Columns of a table in order.</summary>
    public IReadOnlyList<TableColumn>? Columns { get; init; }

    /// <summary>Facts of its kind: a model's <c>format</c>, <c>task</c>, <c>label</c>, <c>features</c>, <c>classes</c>; metrics' values.</summary>
    public JsonObject? Facts { get; init; }

    public JsonObject ToJson() => (JsonObject)JsonSerializer.SerializeToNode(this, ContractJson.Options)!;

    /// <summary>The artifact that a variable's value refers to, or null when the value is something else.</summary>
    public static Artifact? From(JsonNode? value) => value is JsonObject json && json["sha256"] is JsonValue && json["kind"] is JsonValue
        ? json.Deserialize<Artifact>(ContractJson.Options)
        : null;
}

/// <param name="Type">DuckDB type name: <c>BIGINT, DOUBLE, VARCHAR, BOOLEAN, DATE, TIMESTAMP, …</c>.</param>
public sealed record TableColumn(string Name, string Type);

/// <summary>The content-addressed store as an activity sees it.</summary>
public interface IArtifacts
{
    /// <summary>Stores a file; storing the same bytes again is free. Folders become a manifest.</summary>
    Task<Artifact> PutFileAsync(string path, string kind, string? name = null, CancellationToken cancellation = default);

    /// <summary>A local path to read the artifact from; read-only, verified against its digest.</summary>
    Task<string> FetchAsync(Artifact artifact, CancellationToken cancellation = default);
}

/// <summary>Files that belong to a flow (data, scripts), by relative path; never outside the flow's or project's folder.</summary>
public interface IFlowFiles
{
    /// <summary>A local path to a flow's or its project's file. Absolute paths are allowed where the server says so.</summary>
    /// <exception cref="Activities.ActivityFault">No such file, or the path climbs out.</exception>
    Task<string> FetchAsync(string path, CancellationToken cancellation = default);
}
