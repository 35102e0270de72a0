namespace Flows.Designer.Editing;

/// <summary>
/// Readable ids for new nodes: <c>splitRows1</c>. An id that was ever in the draft is not given again,
/// else a new node would show what a removed one did in the last run.
/// </summary>
public sealed class FreshIds
{
    private readonly HashSet<string> _taken = [];
    private readonly Dictionary<string, int> _last = [];

    public void Take(string id) => _taken.Add(id);

    public string Next(string type)
    {
        var stem = Stem(type.Split('.')[^1]);
        var number = _last.GetValueOrDefault(stem);
        do number++;
        while (!_taken.Add(stem + number));
        _last[stem] = number;
        return stem + number;
    }

    private static string Stem(string word) => word.Length == 0 ? "node" : char.ToLowerInvariant(word[0]) + word[1..];
}
