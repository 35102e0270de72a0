namespace Flows.Hub.Runners;

/// <summary>What a runner is started with.</summary>
/// <param name="Servers">Orchestrators of one storage: when one is gone the runner goes on with the next.</param>
/// <param name="Token">The runner token, or for one step that step's.</param>
public sealed record RunnerOptions(IReadOnlyList<string> Servers, string Token)
{
    /// <summary>PostgreSQL connection string of the queues; null: jobs come with the answers to heartbeats.</summary>
    public string? Storage { get; init; }

    /// <summary>Lower-case letters, digits and dashes. Default: the machine's name and something of the data folder.</summary>
    public required string Name { get; init; }

    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Steps at once, 1 to 256. Default: one per core.</summary>
    public int Capacity { get; init; } = Environment.ProcessorCount;

    /// <summary>The runner's own folder: work folders, copies of artifacts, results that are not delivered yet.</summary>
    public required string Data { get; init; }

    /// <summary>Gigabytes of artifacts that the runner keeps copies of, 0.001 to 100,000. Default 20. Those that no step asked for longest go first.</summary>
    public double CopiesGigabytes { get; init; } = DefaultCopies;

    public const double DefaultCopies = 20;

    internal string Work => Path.Combine(Data, "work");

    /// <summary>Time that steps get to end by themselves when the runner has to go. Default 30 s.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Carry out this one step, over HTTP only, and end.</summary>
    public string? Once { get; init; }

    /// <summary>New with every process.</summary>
    public string Session { get; } = Guid.NewGuid().ToString("N");

    internal string Routes => Once is null ? $"api/runners/{Name}" : $"api/steps/{Uri.EscapeDataString(Once)}";
}
