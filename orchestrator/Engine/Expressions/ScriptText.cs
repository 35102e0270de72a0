using System.Collections.Frozen;

namespace Flows.Engine.Expressions;

/// <summary>What a script mentions, so that an evaluation makes only what it may ask for. Words in texts count too: a template may call from within.</summary>
internal sealed class ScriptText
{
    private readonly string _script;
    private readonly FrozenSet<string> _words;

    public ScriptText(string script)
    {
        _script = script;
        _words = WordsOf(script).Select(word => script[word]).ToFrozenSet();
        IsOpen = _words.Contains("eval") || _words.Contains("globalThis") || _words.Contains("Function") || script.Contains("\\u", StringComparison.Ordinal);
    }

    /// <summary>It makes names while it runs, so that it may mean any.</summary>
    public bool IsOpen { get; }

    public IReadOnlyCollection<string> Words => _words;

    public bool Mentions(string word) => IsOpen || _words.Contains(word);

    /// <summary>What is read or written as <c>name.member</c>; null when the object is used in another way as well, so that any of its members may be meant.</summary>
    public IReadOnlyCollection<string>? MembersOf(string name)
    {
        if (IsOpen) return null;
        var members = new HashSet<string>();
        foreach (var word in WordsOf(_script))
        {
            if (!_script.AsSpan()[word].SequenceEqual(name)) continue;
            if (MemberAt(word.End.Value) is not { } member) return null;
            members.Add(member);
        }
        return members;
    }

    private string? MemberAt(int end)
    {
        var rest = _script.AsSpan(end).TrimStart();
        if (rest.StartsWith("?.")) rest = rest[1..];
        if (!rest.StartsWith(".")) return null;
        rest = rest[1..].TrimStart();
        var length = 0;
        while (length < rest.Length && IsPart(rest[length])) length++;
        return length == 0 ? null : rest[..length].ToString();
    }

    private static IEnumerable<Range> WordsOf(string script)
    {
        for (var at = 0; at < script.Length; at++)
        {
            if (!IsPart(script[at])) continue;
            var start = at;
            while (at < script.Length && IsPart(script[at])) at++;
            yield return start..at;
        }
    }

    private static bool IsPart(char letter) => char.IsLetterOrDigit(letter) || letter is '_' or '$';
}
