using System.ComponentModel.DataAnnotations;

namespace Flows.Hub.Secrets;

/// <summary>
/// Secrets, configuration <c>Secrets</c>. A name is looked for among the project's own, then in <see cref="Folder"/>, then in the
/// environment; the first that is there counts. What comes from outside is there for every project of the server.
/// </summary>
public sealed record SecretsOptions
{
    /// <summary>A mounted folder with a file for each secret, as Kubernetes mounts one; one line break at a file's end is no part of the value. Null: none.</summary>
    public string? Folder { get; init; }

    /// <summary>What variables begin with that are secrets: <c>FLOWS_SECRET_GITHUB_TOKEN</c> is <c>github-token</c>, <c>GITHUB_TOKEN</c>, <c>github.token</c>. Empty: none.</summary>
    [RegularExpression("[A-Z0-9_]*")] public string EnvironmentPrefix { get; init; } = "FLOWS_SECRET_";

    /// <summary>A folder for the key ring that stored secrets are encrypted with; the same for all servers of one storage. Null: <c>keys</c> in the data folder, or on PostgreSQL the database.</summary>
    public string? Keys { get; init; }
}
