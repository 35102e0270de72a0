using System.Text.RegularExpressions;
using Flows.Contract.Activities;

namespace Flows.Hub.Models;

/// <summary>Names of models and deployments stand in addresses and folder names.</summary>
internal static partial class ResourceNames
{
    /// <exception cref="ActivityFault">The name cannot be one.</exception>
    public static void Require(string kind, string? name)
    {
        // A request may lack it.
        if (name is null || !Allowed().IsMatch(name))
            throw new ActivityFault($"\"{name}\" cannot name a {kind}: use 1 to 100 letters, digits, \".\", \"_\" and \"-\", beginning with a letter or digit.");
    }

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,99}\z")]
    private static partial Regex Allowed();
}
