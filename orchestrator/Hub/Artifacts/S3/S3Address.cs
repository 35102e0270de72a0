using System.Globalization;
using System.Text.RegularExpressions;

namespace Flows.Hub.Artifacts.S3;

/// <summary>Reads <c>s3://bucket/prefix?endpoint=…&amp;region=…</c> and says everything that is wrong with options at once.</summary>
public static partial class S3Address
{
    private static readonly string[] Known = ["endpoint", "region", "pathStyle", "profile", "accessKeyFrom", "secretKeyFrom", "cacheGigabytes", "partMegabytes", "retries"];

    /// <param name="isOfFlow">Somebody who draws flows wrote it: what of the machine's environment is set is not told.</param>
    /// <exception cref="ArtifactsFault">Every mistake in it.</exception>
    public static S3Options Parse(string address, bool isOfFlow = false)
    {
        var mistakes = new List<string>();
        var match = Address().Match(address);
        if (!match.Success) throw new ArtifactsFault($"'{address}' is not an address such as s3://bucket/prefix?endpoint=http://host:9000&region=us-east-1.");

        var given = Query(match.Groups["query"].Value, mistakes);
        var options = new S3Options
        {
            Bucket = match.Groups["bucket"].Value,
            Prefix = Uri.UnescapeDataString(match.Groups["prefix"].Value).Trim('/'),
            Endpoint = given.GetValueOrDefault("endpoint"),
            Region = given.GetValueOrDefault("region"),
            Profile = given.GetValueOrDefault("profile"),
            AccessKeyFrom = given.GetValueOrDefault("accessKeyFrom"),
            SecretKeyFrom = given.GetValueOrDefault("secretKeyFrom"),
            PathStyle = given.TryGetValue("pathStyle", out var style) ? Flag(style, mistakes) : null,
            CacheGigabytes = Number(given, "cacheGigabytes", 20, mistakes),
            PartMegabytes = (int)Number(given, "partMegabytes", 16, mistakes),
            Retries = (int)Number(given, "retries", 6, mistakes),
        };
        return Checked(options, mistakes, isOfFlow);
    }

    /// <exception cref="ArtifactsFault">Every mistake in them.</exception>
    public static S3Options Checked(S3Options options) => Checked(options, []);

    private static S3Options Checked(S3Options options, List<string> mistakes, bool isOfFlow = false)
    {
        mistakes.AddRange(Mistakes(options, isOfFlow));
        return mistakes.Count == 0 ? options : throw new ArtifactsFault($"The artifact store on S3 cannot be used:\n{string.Join('\n', mistakes.Select(mistake => "- " + mistake))}");
    }

    private static IEnumerable<string> Mistakes(S3Options options, bool isOfFlow)
    {
        if (!BucketName().IsMatch(options.Bucket)) yield return $"bucket '{options.Bucket}': 3 to 63 lower-case letters, digits, dots and hyphens.";
        if (options.Prefix.Split('/') is var parts && options.Prefix.Length > 0 && parts.Any(part => part is "" or "." or "..")) yield return $"prefix '{options.Prefix}': no empty parts, '.' or '..'.";
        if (options.Endpoint is { } endpoint && !(Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")) yield return $"endpoint '{endpoint}': an address such as http://host:9000.";
        if (options.AccessKeyFrom is null != options.SecretKeyFrom is null) yield return "accessKeyFrom and secretKeyFrom: name both variables, or none.";
        foreach (var name in (string?[])[options.AccessKeyFrom, options.SecretKeyFrom])
            if (!isOfFlow && name is not null && string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name))) yield return $"the environment variable {name} is not set.";
        if (options.AccessKeyFrom is not null && options.Profile is not null) yield return "profile or accessKeyFrom: one of them.";
        if (options.CacheGigabytes is not (>= 0.001 and <= 100_000)) yield return "cacheGigabytes: 0.001 to 100,000.";
        if (options.PartMegabytes is not (>= 5 and <= 1024)) yield return "partMegabytes: 5 to 1,024.";
        if (options.Retries is not (>= 0 and <= 20)) yield return "retries: 0 to 20.";
    }

    private static Dictionary<string, string> Query(string query, List<string> mistakes)
    {
        var given = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = pair.Split('=', 2) is [var left, var right] ? (left, Uri.UnescapeDataString(right)) : (pair, "");
            if (!Known.Contains(name, StringComparer.OrdinalIgnoreCase)) mistakes.Add($"'{name}' is none of {string.Join(", ", Known)}.");
            else given[name] = value;
        }
        return given;
    }

    private static bool? Flag(string text, List<string> mistakes)
    {
        if (bool.TryParse(text, out var flag)) return flag;
        mistakes.Add($"pathStyle '{text}': true or false.");
        return null;
    }

    private static double Number(Dictionary<string, string> given, string name, double otherwise, List<string> mistakes)
    {
        if (!given.TryGetValue(name, out var text)) return otherwise;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return number;
        mistakes.Add($"{name} '{text}': a number.");
        return otherwise;
    }

    [GeneratedRegex(@"\As3://(?<bucket>[^/?]*)(?:/(?<prefix>[^?]*))?(?:\?(?<query>.*))?\z")]
    private static partial Regex Address();

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\z")]
    private static partial Regex BucketName();
}

/// <summary>The artifact store that the server was told to use cannot be used; the message is for the person who started it.</summary>
public sealed class ArtifactsFault(string message, Exception? cause = null) : Exception(message, cause);
