using Flows.Hub.Storage;

namespace Flows.Hub.Runs;

/// <summary>Who or what starts a run, and where it belongs.</summary>
public sealed record RunOrigin(string ProjectId, string Author, string Trigger = "manual")
{
    /// <summary>On behalf of whoever asks.</summary>
    public static RunOrigin Asked(string trigger = "manual") => new(Sight.Current.ProjectId, Sight.Current.Author, trigger);

    /// <summary>The run's id, known before it starts; null makes one.</summary>
    public string? RunId { get; init; }

    /// <summary>The id is made of what started the run: asked to start again, it is the same run.</summary>
    public bool IsDerived { get; init; }
}
