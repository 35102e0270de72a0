using System.Text.RegularExpressions;
using Flows.Contract.Activities;

namespace Flows.Engine;

/// <summary>Which faults are tried again. Here and not in the contract: the browser would have to load all of the regular expressions for it.</summary>
internal static class RetryCover
{
    public static bool Covers(this RetryPolicy retries, string message) =>
        retries.On.Count == 0 || retries.On.Any(part => message.Contains(part, StringComparison.OrdinalIgnoreCase) || Matches(part, message));

    // Without backtracking a pattern takes linear time and gives the same answer on every machine; one that needs it is only a text.
    private static bool Matches(string pattern, string message)
    {
        try
        {
            return Regex.IsMatch(message, pattern, RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
        }
        catch (Exception odd) when (odd is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}
