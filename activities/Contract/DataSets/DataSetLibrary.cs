using Flows.Contract.Artifacts;

namespace Flows.Contract.DataSets;

/// <summary>A project's data sets as an activity sees them.</summary>
public interface IDataSets
{
    /// <summary>The next version of a data set; the newest one when that has the same content.</summary>
    /// <exception cref="Activities.ActivityFault">The name or the artifact cannot be registered.</exception>
    Task<DataSetVersion> RegisterAsync(DataSetRegistration registration, CancellationToken cancellation = default);

    /// <param name="version">Null for the newest.</param>
    Task<DataSetVersion?> FindAsync(string name, int? version, CancellationToken cancellation = default);
}

/// <param name="Data">A table, a file or a folder.</param>
public sealed record DataSetRegistration(string Name, Artifact Data)
{
    public string Description { get; init; } = "";
}

/// <summary>A numbered state of a data set, which never changes: its digest, size, and rows and columns where they are known, are those of <paramref name="Data"/>.</summary>
/// <param name="Version">1, 2, 3 … in the order in which they were registered.</param>
public sealed record DataSetVersion(string Name, int Version, Artifact Data)
{
    public string Description { get; init; } = "";

    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Why it is not to be used; null when it may be.</summary>
    public string? Quarantine { get; init; }

    /// <summary>The run and the step that made it; null for one that somebody uploaded.</summary>
    public string? RunId { get; init; }

    public string? StepId { get; init; }

    public string ProjectId { get; init; } = "default";

    public string Author { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Answer to a registration: false when its content was there already.</summary>
    public bool IsNew { get; init; }
}

/// <param name="Size">Bytes of the newest version.</param>
/// <param name="Rows">Of the newest version; null when they are not known.</param>
public sealed record DataSetSummary(string Name, string Description, int LatestVersion, DateTimeOffset UpdatedAt, long Size, long? Rows);
