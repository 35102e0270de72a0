namespace Flows.Engine.Graph;

/// <summary>Where Elsa's SendHttpRequest keeps what to do with an answer: by its status code, else by what became of it.</summary>
internal static class HttpSlots
{
    public const string Owner = "Elsa.SendHttpRequest";

    private static readonly Dictionary<string, string> ByOutcome = new()
    {
        ["Unmatched status code"] = "unmatchedStatusCode",
        ["Failed to connect"] = "failedToConnect",
        ["Timeout"] = "timeout",
    };

    /// <summary>Slots that these outcomes lead to, the first that is there.</summary>
    public static IEnumerable<string> Of(IReadOnlyList<string> outcomes)
    {
        var expectsNothing = outcomes is ["Done"];
        foreach (var outcome in outcomes)
        {
            if (ByOutcome.TryGetValue(outcome, out var slot)) yield return slot;
            else if (int.TryParse(outcome, out _)) yield return $"expectedStatusCodes[{outcome}]";
        }
        if (expectsNothing) yield return "unmatchedStatusCode";
    }
}
