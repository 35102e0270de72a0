using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract.Provenance;

namespace Flows.Hub.Provenance.Formats;

/// <summary>How OpenLineage calls what this program has.</summary>
internal static class LineageIds
{
    /// <summary>A UUID (RFC 9562, version 8) that is a run's or step's, always the same.</summary>
    public static string Uuid(string id)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes("flows/" + id))[..16];
        bytes[6] = (byte)(0x80 | (bytes[6] & 0x0f));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3f));
        return new Guid(bytes, bigEndian: true).ToString();
    }

    /// <summary>A project's jobs and data.</summary>
    public static string SpaceOf(string project) => $"flows://{project}";

    public static JsonObject Artifact(string project, PortArtifact artifact) => new()
    {
        ["namespace"] = SpaceOf(project),
        ["name"] = $"artifacts/{artifact.Sha256}",
        ["facets"] = new JsonObject { ["version"] = Facets.Version(artifact.Sha256), ["datasetType"] = Facets.Type(artifact.Kind.ToUpperInvariant()) },
    };

    public static JsonObject DataSet(string project, string name, int version) => new()
    {
        ["namespace"] = SpaceOf(project), ["name"] = $"datasets/{name}", ["facets"] = new JsonObject { ["version"] = Facets.Version($"{version}") },
    };

    public static JsonObject Model(string project, string name, int version) => new()
    {
        ["namespace"] = SpaceOf(project), ["name"] = $"models/{name}", ["facets"] = new JsonObject { ["version"] = Facets.Version($"{version}"), ["datasetType"] = Facets.Type("MODEL") },
    };

    /// <summary>By OpenLineage's naming: a web address by its host, any other path by <c>file</c>.</summary>
    public static JsonObject File(string project, UsedFile file)
    {
        var isAddress = Uri.TryCreate(file.Path, UriKind.Absolute, out var address) && address.Scheme is "http" or "https";
        return new JsonObject
        {
            ["namespace"] = isAddress ? $"{address!.Scheme}://{address.Authority}" : SpaceOf(project),
            ["name"] = isAddress ? address!.AbsolutePath : $"files/{file.Path}",
            ["facets"] = new JsonObject { ["version"] = Facets.Version(file.Sha256), ["datasetType"] = Facets.Type("FILE") },
        };
    }
}
