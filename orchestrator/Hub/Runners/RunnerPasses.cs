using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Flows.Hub.Runners;

/// <summary>
/// What registered runners show: a pass for one name, good for an hour, which whoever has the runner token gets. It is signed with that
/// token, so that any orchestrator knows it, and void once the token is another.
/// </summary>
public sealed class RunnerPasses(RunnerToken token, TimeProvider time)
{
    public static readonly TimeSpan Life = TimeSpan.FromHours(1);

    private const string Kind = "runner";

    public string Of(string name)
    {
        var text = $"{name}.{(time.GetUtcNow() + Life).ToUnixTimeSeconds()}";
        return $"{Kind}.{text}.{Sign(text)}";
    }

    /// <summary>The runner that a pass was made for; null for any other text, and for a pass that has expired.</summary>
    public string? RunnerOf(string text)
    {
        if (text.Split('.') is not [Kind, var name, var until, var signature] || !StepTokens.Same(Sign($"{name}.{until}"), signature)) return null;
        return long.Parse(until, CultureInfo.InvariantCulture) > time.GetUtcNow().ToUnixTimeSeconds() ? name : null;
    }

    private string Sign(string text) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(token.Value), Encoding.UTF8.GetBytes(text)));
}
