using System.Text.Json.Nodes;

namespace Flows.Contract.Backfills;

/// <summary>Body of <c>POST /api/backfills</c>: one run of a flow for each partition and each combination of further inputs.</summary>
public sealed record BackfillRequest
{
    /// <summary>Definition id.</summary>
    public required string Flow { get; init; }

    /// <summary>The flow's input that gets the partition.</summary>
    public required string Input { get; init; }

    /// <summary>First partition of a range, <c>yyyy-MM-dd</c>, or with a time.</summary>
    public string? From { get; init; }

    /// <summary>Last partition of a range, itself among them.</summary>
    public string? To { get; init; }

    /// <summary><c>hour, day, month</c>. Default day.</summary>
    public string? Step { get; init; }

    /// <summary>The partitions themselves, instead of a range.</summary>
    public IReadOnlyList<string>? Partitions { get; init; }

    /// <summary>Values of further inputs by name: every partition is run with every combination of them.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<JsonNode?>>? Matrix { get; init; }

    /// <summary>Inputs that are the same in every run.</summary>
    public JsonObject? Inputs { get; init; }

    /// <summary>Runs at once, 1 to 1,000. Default 4.</summary>
    public int? MaxActive { get; init; }

    /// <summary><c>ascending</c> (default) or <c>descending</c> by partition.</summary>
    public string? Order { get; init; }

    /// <summary><c>continue</c> (default), or <c>stop</c>: after a fault no further run is started.</summary>
    public string? OnFailure { get; init; }

    /// <summary>What the list calls it.</summary>
    public string? Name { get; init; }
}

public enum BackfillState
{
    Running,

    /// <summary>Every run is over; some may have faulted.</summary>
    Finished,

    /// <summary>A run faulted, and the rest was not to be started then.</summary>
    Stopped,

    Cancelled,
}

public enum CellState { Pending, Running, Finished, Faulted, Cancelled }

/// <summary>A backfill: <c>GET /api/backfills</c>.</summary>
public sealed record Backfill(string Id, string Flow, string Name)
{
    public BackfillState State { get; init; }

    /// <summary>The input that gets the partition.</summary>
    public string Input { get; init; } = "";

    /// <summary>In the order of time or as given.</summary>
    public IReadOnlyList<string> Partitions { get; init; } = [];

    /// <summary>Combinations of the further inputs, as people read them; one empty text when there are none.</summary>
    public IReadOnlyList<string> Variants { get; init; } = [];

    public int MaxActive { get; init; }

    public IReadOnlyDictionary<CellState, int> Counts { get; init; } = new Dictionary<CellState, int>();

    public string Author { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Why runs could not even be started; null when they could.</summary>
    public string? Problem { get; init; }
}

/// <summary>One run of a backfill: <c>GET /api/backfills/{id}/cells</c>, by number.</summary>
/// <param name="Partition">Place in <see cref="Backfill.Partitions"/>.</param>
/// <param name="Variant">Place in <see cref="Backfill.Variants"/>.</param>
public sealed record BackfillCell(int Partition, int Variant, CellState State)
{
    /// <summary>The newest run; null before the first.</summary>
    public string? RunId { get; init; }

    /// <summary>Runs so far.</summary>
    public int Tries { get; init; }
}
