using System.Text.Json.Nodes;
using Flows.Contract.Artifacts;

namespace Flows.Contract.Models;

/// <summary>The model library as an activity sees it.</summary>
public interface IModels
{
    Task<ModelVersion> RegisterAsync(ModelRegistration registration, CancellationToken cancellation = default);

    /// <param name="version">Null for the newest.</param>
    Task<ModelVersion?> FindAsync(string name, int? version, CancellationToken cancellation = default);
}

public sealed record ModelRegistration(string Name, Artifact Model)
{
    public string Description { get; init; } = "";

    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    public IReadOnlyList<string> Aliases { get; init; } = [];
}

/// <summary>A registered version: immutable but for its aliases.</summary>
public sealed record ModelVersion(string Name, int Version, Artifact Model)
{
    public string Description { get; init; } = "";

    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Why it is not to be used; null when it may be.</summary>
    public string? Quarantine { get; init; }

    public string? RunId { get; init; }

    public string? StepId { get; init; }

    public string ProjectId { get; init; } = "default";

    public string Author { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }
}

public sealed record ModelSummary(string Name, string Description, int LatestVersion, DateTimeOffset UpdatedAt, IReadOnlyDictionary<string, double> Metrics);

/// <summary>Deployments as an activity sees them.</summary>
public interface IDeployments
{
    /// <summary>Starts or replaces a deployment and waits until it answers, or throws <see cref="Activities.ActivityFault"/> with the server's last words.</summary>
    Task<Deployment> DeployAsync(DeploymentRequest request, CancellationToken cancellation = default);

    /// <summary>Sends an Open Inference Protocol v2 or TensorFlow-style request to a deployment through the gateway.</summary>
    /// <param name="route">For example <c>v1/models/model:predict</c> or <c>v2/models/digits/infer</c>.</param>
    Task<JsonNode?> AskAsync(string deployment, string route, JsonNode body, CancellationToken cancellation = default);
}

public sealed record DeploymentRequest(string Name, string Model, int? Version)
{
    /// <summary>Also a version that is in quarantine.</summary>
    public bool AllowQuarantined { get; init; }

    /// <summary>Where it shall answer; null: where the deployment of that name is, else <see cref="DeploymentEnvironment.Default"/>.</summary>
    public string? Environment { get; init; }
}

public enum DeploymentStatus { Starting, Ready, Failed, Stopped }

public sealed record Deployment(string Name, string Model, int Version, DeploymentStatus Status)
{
    /// <summary>Path of the gateway, for example <c>/serve/digits</c>.</summary>
    public string Path { get; init; } = "";

    /// <summary>The <see cref="DeploymentEnvironment"/> that it is in.</summary>
    public string Environment { get; init; } = DeploymentEnvironment.Default;

    /// <summary>Why it failed.</summary>
    public string? Message { get; init; }

    /// <summary>Counts on with every replacement of the deployment's model server, from 1.</summary>
    public int Revision { get; init; }

    /// <summary>What went through the gateway since the hub started; null where it is not asked for.</summary>
    public DeploymentStats? Stats { get; init; }

    /// <summary>Why the version that it serves is not to be used; null when it may be.</summary>
    public string? Quarantine { get; init; }

    /// <summary>Example body for <c>v1/models/{model}:predict</c>, so that a person can try it.</summary>
    public JsonNode? Example { get; init; }

    public string ProjectId { get; init; } = "default";

    public string Author { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Requests through the gateway. Latencies are milliseconds, from the whole of the answer, to within 10 %.</summary>
/// <param name="ClientErrors">Answers 4xx.</param>
/// <param name="ServerErrors">Answers 5xx, and requests that no model server took.</param>
public sealed record DeploymentStats(long Requests, long ClientErrors, long ServerErrors)
{
    public double P50 { get; init; }

    public double P95 { get; init; }

    public double P99 { get; init; }
}
