namespace Flows.Hub.Storage;

/// <summary>
/// Writers of one SQLite file take turns. It has one at a time, and lets whoever comes second look again by the clock, 1, 2, 5 … ms
/// later; those of this process are woken at once instead.
/// </summary>
public sealed class WriteTurn
{
    internal Lock Gate { get; } = new();
}
