using System.Text.Json.Nodes;
using Flows.Contract.DataSets;
using Flows.Contract.Models;

namespace Flows.Contract.Runs;

/// <summary>A run that was carried out and recorded elsewhere, on a laptop: body of <c>PUT /api/sync/runs/{id}</c>. Its files are stored before.</summary>
public sealed record RecordedRun
{
    /// <summary>The run as it stands by now. Project and author are those of whoever brings it.</summary>
    public RunRecord? Record { get; init; }

    /// <summary>The flow that it ran; of a script, a flow of one activity.</summary>
    public JsonObject? Definition { get; init; }

    /// <summary>The machine on which it ran.</summary>
    public string? Host { get; init; }

    /// <summary>Who started it there, as that machine calls them.</summary>
    public string? User { get; init; }

    /// <summary>Models that it wrote; registered when it was published.</summary>
    public IReadOnlyList<ModelRegistration> Models { get; init; } = [];

    public IReadOnlyList<DataSetRegistration> DataSets { get; init; } = [];

    /// <summary>Null for a run that was not published.</summary>
    public RecordedPublish? Publish { get; init; }
}

/// <param name="Deploy">Each of the run's models answers requests under its name.</param>
public sealed record RecordedPublish(string Message, bool Deploy);

/// <param name="IsNew">The server did not have it before.</param>
public sealed record RecordedTaken(string Id, bool IsNew)
{
    /// <summary>What was registered, as <c>NAME VERSION</c>.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];
}
