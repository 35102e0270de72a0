using System.Globalization;

namespace Flows.Hub.Provenance.Kinds;

/// <summary>A version of something that has a name: <c>NAME:VERSION</c>, also <c>NAME/VERSION</c>, <c>NAME@VERSION</c> and <c>NAME/versions/VERSION</c>.</summary>
/// <param name="Version">A number, an alias or <c>latest</c>.</param>
internal sealed record VersionedId(string Name, string Version)
{
    public const string Latest = "latest";

    /// <summary>Null for an alias and for the newest.</summary>
    public int? Number => int.TryParse(Version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static VersionedId Parse(string id) => id.Replace("/versions/", ":", StringComparison.Ordinal).Split([':', '/', '@'], 2) is [var name, { Length: > 0 } version]
        ? new VersionedId(name, version)
        : new VersionedId(id, Latest);

    public static string Of(string name, int version) => $"{name}:{version}";
}
