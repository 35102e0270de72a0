namespace Flows.Hub;

/// <summary>What a server is started with.</summary>
public sealed record HubOptions
{
    /// <summary>Addresses to listen on, separated by semicolons; port 0 takes a free one. Default <c>http://127.0.0.1:5100</c>.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:5100";

    /// <summary>Folder that holds everything on one machine. Default <c>./data</c>.</summary>
    public string Data { get; init; } = "data";

    /// <summary>PostgreSQL connection string; null keeps everything in SQLite files in <see cref="Data"/>.</summary>
    public string? Storage { get; init; }

    /// <summary>Where artifacts are kept: <c>s3://bucket/prefix?endpoint=…</c> or a folder; null looks into the configuration, else keeps them in <see cref="Data"/>.</summary>
    public string? Artifacts { get; init; }

    /// <summary>Several servers on one PostgreSQL.</summary>
    public Orchestrators.OrchestratorOptions Orchestrators { get; init; } = new();

    /// <summary>Steps that may run at once on this machine. Default: one per core, at least two.</summary>
    public int Capacity { get; init; } = Math.Max(2, Environment.ProcessorCount);

    /// <summary>
    /// Evaluate C# expressions: code of flows then runs in the server with all its rights. Off by default; also
    /// <c>Expressions:CSharp</c> of the configuration (<c>Expressions__CSharp=true</c> in the environment).
    /// </summary>
    public bool CSharp { get; init; }

    /// <summary>Settings by name, such as <c>Access:Mode</c>, that count before those of files and the environment.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    /// <summary>The folder of shipped flows; null looks beside the program.</summary>
    public string? Library { get; init; }
}
