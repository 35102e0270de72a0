namespace Flows.Contract.Starts;

/// <summary>A request that was gathered with others: answer to <c>POST /api/flows/{id}/runs?debounce=true</c>.</summary>
/// <param name="RunId">The run that will carry it; it starts at <paramref name="DueAt"/>, or later when more requests come.</param>
/// <param name="Gathered">Requests so far, this one among them.</param>
public sealed record GatheredStart(string RunId, DateTimeOffset DueAt, int Gathered);
