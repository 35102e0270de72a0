using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Flows.Hub.Triggers.Webhooks;

/// <summary>A request to a webhook: whom it is from, by its headers, and whether that is true.</summary>
internal sealed class Delivery(IHeaderDictionary headers, byte[] body)
{
    /// <summary>Signature of a plain delivery: <c>t=UNIX SECONDS,v1=HEX</c>, an HMAC-SHA-256 of <c>t.body</c>.</summary>
    public const string PlainSignature = "Flows-Signature";

    /// <summary>A plain signature counts for so long before and after its time.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <summary>Name of what happened, as the sender calls it; null when it says nothing.</summary>
    public string? EventOf(string kind) => kind switch
    {
        "gitlab" => Header("X-Gitlab-Event"),
        "github" => Header("X-GitHub-Event"),
        _ => Header("Flows-Event"),
    };

    /// <summary>The same when the sender tells the same again; null when nothing says that it is.</summary>
    public string? IdOf(string kind) => kind switch
    {
        "gitlab" => Header("Idempotency-Key") ?? Header("X-Gitlab-Event-UUID"),
        "github" => Header("X-GitHub-Delivery"),
        _ => Header("Idempotency-Key") ?? Header(PlainSignature),
    };

    /// <summary>Which kind a delivery looks like.</summary>
    public string Kind => Header("X-Gitlab-Event") is not null ? "gitlab" : Header("X-GitHub-Event") is not null ? "github" : "plain";

    /// <summary>Why it is not from whom it has to be; null when it is.</summary>
    public string? Mistrust(string kind, string secret, DateTimeOffset now) => kind switch
    {
        "gitlab" => Header("X-Gitlab-Token") is not { } token ? "The header X-Gitlab-Token is missing." : Same(SHA256.HashData(Encoding.UTF8.GetBytes(token)), SHA256.HashData(Encoding.UTF8.GetBytes(secret))) ? null : "X-Gitlab-Token is not the secret.",
        "github" => Header("X-Hub-Signature-256") is not { } signature ? "The header X-Hub-Signature-256 is missing." : IsSigned(signature, "sha256=", secret, body) ? null : "X-Hub-Signature-256 is not the body's.",
        _ => Plain(secret, now),
    };

    private string? Plain(string secret, DateTimeOffset now)
    {
        if (Header(PlainSignature) is not { } text) return $"The header {PlainSignature} is missing.";
        if (text.Split(',') is not [var time, var signature] || !time.StartsWith("t=", StringComparison.Ordinal) || !long.TryParse(time[2..], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)) return $"{PlainSignature} must be t=SECONDS,v1=SIGNATURE.";
        byte[] signed = [.. Encoding.ASCII.GetBytes(time[2..] + "."), .. body];
        if (!IsSigned(signature, "v1=", secret, signed)) return $"{PlainSignature} is not the body's.";
        return Math.Abs(now.ToUnixTimeSeconds() - (double)seconds) <= Tolerance.TotalSeconds ? null : $"{PlainSignature} is too old, or from the future.";
    }

    private static bool IsSigned(string signature, string prefix, string secret, byte[] signed)
    {
        var given = new byte[SHA256.HashSizeInBytes];
        var text = signature.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? signature[prefix.Length..] : "";
        return text.Length == 2 * given.Length && Convert.FromHexString(text, given, out _, out var written) == System.Buffers.OperationStatus.Done && written == given.Length
            && Same(given, HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed));
    }

    private static bool Same(byte[] one, byte[] other) => CryptographicOperations.FixedTimeEquals(one, other);

    private string? Header(string name) => headers[name] is [{ Length: > 0 and <= 400 } value] ? value : null;
}
