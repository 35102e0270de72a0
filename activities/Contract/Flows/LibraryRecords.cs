using Flows.Contract.Checks;

namespace Flows.Contract.Flows;

/// <summary>A flow on offer: <c>GET /api/library</c>. Shipped with the program, or shared from a project of this server.</summary>
/// <param name="Id">Lower-case letters, digits and dashes; the whole server's.</param>
public sealed record LibraryItem(string Id, string Name, string Description)
{
    /// <summary>Path of an SVG picture, served by the hub; empty for a flow that is drawn as it lies.</summary>
    public string Picture { get; init; } = "";

    public string DataSource { get; init; } = "";

    public string Licence { get; init; } = "";

    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>What a good run reaches, for example <c>accuracy ≥ 0.95</c>.</summary>
    public string Bar { get; init; } = "";

    /// <summary>What it needs beyond Flows, for example <c>python3-sklearn</c>.</summary>
    public IReadOnlyList<string> Needs { get; init; } = [];

    /// <summary>The newest version, from 1.</summary>
    public int Version { get; init; } = 1;

    /// <summary>Installed it is an activity of other flows, and stands in the palette.</summary>
    public bool IsComponent { get; init; }

    /// <summary>Category of a component in the palette.</summary>
    public string Category { get; init; } = "";

    /// <summary>The project that shared it; empty for one that came with the program.</summary>
    public string ProjectId { get; init; } = "";

    /// <summary>Who shared the newest version.</summary>
    public string Author { get; init; } = "";

    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>Where it is installed, in the projects that the asker sees.</summary>
    public IReadOnlyList<InstalledFlow> Installed { get; init; } = [];

    /// <summary>Whether every one of the words is in its name, description, category or tags, and it has the tag.</summary>
    /// <param name="tag">Null or empty: any.</param>
    public bool Matches(string? words, string? tag) =>
        (string.IsNullOrEmpty(tag) || Tags.Contains(tag, StringComparer.OrdinalIgnoreCase))
        && (words ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).All(Says);

    private bool Says(string word) => $"{Name}\n{Description}\n{Category}\n{string.Join('\n', Tags)}".Contains(word, StringComparison.OrdinalIgnoreCase);
}

/// <summary>A flow of a project that came from the library.</summary>
/// <param name="Version">Of the library, not of the project's flow; 0 for a flow that is in the way and came from elsewhere.</param>
public sealed record InstalledFlow(string DefinitionId, string Name, string ProjectId, int Version);

/// <summary>One version of a flow on offer; it never changes.</summary>
/// <param name="At">Null for one that came with the program.</param>
public sealed record LibraryVersion(int Version, string Notes, string Author, DateTimeOffset? At, int Nodes);

/// <summary>All about one flow on offer: <c>GET /api/library/{id}</c>.</summary>
/// <param name="Versions">Newest first.</param>
public sealed record LibraryOffer(LibraryItem Item, string Readme, IReadOnlyList<LibraryVersion> Versions);

/// <summary>Body of <c>POST /api/library</c>: shares the newest version of a flow. Shared again it becomes the next version on offer.</summary>
public sealed record ShareRequest(string DefinitionId)
{
    /// <summary>What is new in this version, for those who consider it; at most 2,000 characters.</summary>
    public string Notes { get; init => field = value ?? ""; } = "";

    /// <summary>At most 12, each of 1 to 40 characters.</summary>
    public IReadOnlyList<string> Tags { get; init => field = [.. (value ?? []).OfType<string>()]; } = [];

    /// <summary>Offer it as an activity of other flows (<c>options.usableAsActivity</c>). Null: as the flow says.</summary>
    public bool? Component { get; init; }

    /// <summary>Where a component stands in the palette; at most 40 characters. Empty: as the flow says.</summary>
    public string Category { get; init => field = value ?? ""; } = "";
}

/// <summary>What becomes of a flow of the project that is in the way.</summary>
public enum InstallChoice
{
    /// <summary>Nothing is installed; the answer says what is in the way.</summary>
    Ask,

    /// <summary>It stays, and a second flow is made beside it.</summary>
    Copy,

    /// <summary>It gets a next version, which is the library's.</summary>
    Replace,

    /// <summary>It gets a next version, in which the library's changes and the project's own are merged.</summary>
    Update,
}

/// <summary>Body of <c>POST /api/library/{id}/install</c>; without one the newest version is installed and nothing overwritten.</summary>
public sealed record InstallRequest
{
    /// <summary>Null: the newest.</summary>
    public int? Version { get; init; }

    public InstallChoice Choice { get; init; }

    /// <summary>The project's flow that is replaced or updated; null: the one that is in the way.</summary>
    public string? DefinitionId { get; init; }

    /// <summary>Name of the flow that is made; null: the library's, with a number where that is taken.</summary>
    public string? Name { get; init; }
}

/// <summary>Why nothing was installed; beside <c>title</c> and <c>detail</c> in the answer with status 409.</summary>
/// <param name="Clash">The flow of the project that is in the way.</param>
/// <param name="Conflicts">What the library and the project changed both, each to something else.</param>
public sealed record InstallClash(InstalledFlow? Clash, IReadOnlyList<FlowProblem> Conflicts);
