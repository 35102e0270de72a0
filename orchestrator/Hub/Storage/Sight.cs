namespace Flows.Hub.Storage;

/// <summary>
/// On whose behalf work is done: the project and author of rows that it makes, and the projects whose rows it sees.
/// It follows the work through every await; what was begun by nobody in particular sees everything.
/// </summary>
/// <param name="ProjectId">Where new rows belong.</param>
/// <param name="Author">Who makes them.</param>
/// <param name="Projects">Projects whose rows are seen; null: those of all.</param>
public sealed record Sight(string ProjectId, string Author, IReadOnlyList<string>? Projects)
{
    private static readonly AsyncLocal<Sight?> Held = new();

    /// <summary>The server's own work.</summary>
    public static Sight Everything { get; } = new("default", "local", null);

    public static Sight Current => Held.Value ?? Everything;

    /// <summary>Work on behalf of a project alone, as a run is.</summary>
    public static Sight Of(OwnedRow row) => new(row.ProjectId, row.Author, [row.ProjectId]);

    public bool Sees(OwnedRow row) => Projects is null || Projects.Contains(row.ProjectId);

    /// <summary>Narrows, or widens, what is done from here on until it is disposed or the method that called it ends.</summary>
    public Scope Enter()
    {
        var before = Held.Value;
        Held.Value = this;
        return new Scope(before);
    }

    public readonly struct Scope : IDisposable
    {
        private readonly Sight? _before;

        internal Scope(Sight? before) => _before = before;

        public void Dispose() => Held.Value = _before;
    }
}
