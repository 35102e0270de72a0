using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Flows.Hub.Runs;

/// <summary>
/// Narrow tokens of runs, for the processes of their steps. Only a digest is stored; a server that takes a run up again
/// gives its next steps a new token.
/// </summary>
public sealed class RunTokens
{
    private readonly ConcurrentDictionary<string, string> _tokens = [];

    /// <summary>Makes the run's token and returns the digest to store.</summary>
    public string Issue(string runId) => RunStore.Digest(Of(runId));

    public string Of(string runId) => _tokens.GetOrAdd(runId, _ => "run_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)));

    /// <summary>The run that a token belongs to, or null.</summary>
    public string? RunOf(string token) => _tokens.FirstOrDefault(pair => CryptographicOperations.FixedTimeEquals(
        System.Text.Encoding.UTF8.GetBytes(pair.Value), System.Text.Encoding.UTF8.GetBytes(token))).Key;

    public void Revoke(string runId) => _tokens.TryRemove(runId, out _);
}
