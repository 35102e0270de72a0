namespace Flows.Contract.Runners;

/// <summary>A runner as <c>GET /api/runners</c> lists it.</summary>
/// <param name="Status"><c>online, draining, gone</c>.</param>
/// <param name="Capacity">Steps it carries out at once.</param>
/// <param name="Running">Jobs that are placed at it.</param>
public sealed record RunnerRecord(string Name, string Status, int Capacity, int Running, IReadOnlyList<string> Labels)
{
    public DateTimeOffset SeenAt { get; init; }
}
