namespace Flows.Engine.Expressions;

/// <summary>
/// How Elsa spells a name in a function: <c>getMyRate()</c> for <c>myRate</c>, <c>my_rate</c> and <c>my rate</c>. A name with
/// separators may also be called as it stands: <c>getMy_rate()</c>.
/// </summary>
internal static class AccessorName
{
    private static readonly char[] Separators = ['_', ' ', '-'];

    public static string Of(string name) => string.Concat(name.Split(Separators, StringSplitOptions.RemoveEmptyEntries).Select(Simple));

    /// <summary>Both ways to spell it; one when they are the same.</summary>
    public static IEnumerable<string> AllOf(string name)
    {
        var (simple, joined) = (Simple(name), Of(name));
        if (simple.Length > 0) yield return simple;
        if (joined.Length > 0 && joined != simple) yield return joined;
    }

    /// <summary>The same as looking into <see cref="AllOf"/>, without making texts for what cannot be it.</summary>
    public static bool Fits(string name, string accessor)
    {
        if (name.Length == 0 || accessor.Length == 0 || accessor.Length > name.Length) return false;
        if (accessor.Length == name.Length) return accessor[0] == char.ToUpperInvariant(name[0]) && accessor.AsSpan(1).SequenceEqual(name.AsSpan(1));
        return name.IndexOfAny(Separators) >= 0 && Of(name) == accessor;
    }

    private static string Simple(string name) => name.Length == 0 ? name : char.ToUpperInvariant(name[0]) + name[1..];
}
