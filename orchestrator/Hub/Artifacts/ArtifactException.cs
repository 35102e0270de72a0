using System.Text.RegularExpressions;

namespace Flows.Hub.Artifacts;

public enum ArtifactProblem { BadDigest, WrongDigest, Missing, Damaged, BadPath, Unusable, Away }

/// <summary>An artifact cannot be stored or read; the message is for people.</summary>
public sealed class ArtifactException(ArtifactProblem problem, string message, Exception? cause = null) : Exception(message, cause)
{
    public ArtifactProblem Problem { get; } = problem;
}

internal static partial class ArtifactDigest
{
    public static bool IsDigest(string text) => Digest().IsMatch(text);

    [GeneratedRegex(@"\A[0-9a-f]{64}\z")]
    private static partial Regex Digest();
}
