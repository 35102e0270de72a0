using System.Text.Json.Nodes;
using Flows.Contract.Approvals;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Engine.Activities;
using Flows.Engine.Run;

namespace Flows.Engine;

/// <summary>A step that waits until something of a name happens outside of its run.</summary>
/// <param name="Name">What it waits for; <see cref="Stimulus.NameOf"/>.</param>
/// <param name="CorrelationId">The run's, as it is now.</param>
public sealed record WaitingStep(BookmarkRecord Bookmark, string Name, string? CorrelationId)
{
    /// <summary>What a step that asks people was given; null for every other.</summary>
    public JsonObject? Asked { get; init; }
}

/// <param name="Came">Steps that wait since the last look, or whose run has another correlation id now.</param>
/// <param name="Gone">Ids of bookmarks that nobody waits at any more.</param>
public sealed record WaitChanges(IReadOnlyList<WaitingStep> Came, IReadOnlyList<string> Gone);

/// <summary>Which waiting steps a stimulus can find, and how that changed, so that a host can keep them where others look.</summary>
public sealed partial class RunState
{
    private readonly Dictionary<string, Step> _found = [];
    private readonly HashSet<string> _came = [];
    private readonly List<string> _gone = [];

    /// <summary>Every step that waits for something of a name.</summary>
    public IReadOnlyList<WaitingStep> Waiting() => [.. _found.Keys.Order(StringComparer.Ordinal).Select(Waits)];

    public WaitChanges TakeWaitChanges()
    {
        if (_came.Count == 0 && _gone.Count == 0) return Unchanged;
        var changes = new WaitChanges([.. _came.Select(Waits)], [.. _gone]);
        _came.Clear();
        _gone.Clear();
        return changes;
    }

    private static readonly WaitChanges Unchanged = new([], []);

    private WaitingStep Waits(string bookmark) => new(_bookmarks[_found[bookmark].BookmarkNumber].Record, Awaited(_found[bookmark])!, CorrelationId)
    {
        Asked = Asks(_found[bookmark]) ? (JsonObject?)_found[bookmark].Inputs?.DeepClone() ?? [] : null,
    };

    /// <summary>Evaluated inputs of the step that waits at a bookmark; null when there is none.</summary>
    public JsonObject? InputsAt(string bookmarkId) => (JsonObject?)FindBookmark(bookmarkId)?.Inputs?.DeepClone();

    private static string? Awaited(Step step) => step.Node.Type == Approval.ActivityType ? "approval" : step.Inputs is { } inputs ? Stimulus.NameOf(step.Node.Type, inputs) : null;

    private void Listen(Step step)
    {
        if (Awaited(step) is not { Length: > 0 }) return;
        _found[step.BookmarkId!] = step;
        _came.Add(step.BookmarkId!);
    }

    private void StopListening(string bookmark)
    {
        if (!_found.Remove(bookmark)) return;
        _came.Remove(bookmark);
        _gone.Add(bookmark);
    }

    private void Correlate(string correlationId)
    {
        if (CorrelationId == correlationId) return;
        CorrelationId = correlationId;
        _came.UnionWith(_found.Keys);
    }
}
