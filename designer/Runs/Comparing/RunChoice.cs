namespace Flows.Designer.Runs.Comparing;

/// <summary>The runs of a list that are to be compared: at most two, a third takes the place of the first.</summary>
public sealed class RunChoice
{
    private readonly List<string> _ids = [];

    public int Count => _ids.Count;

    public bool Has(string id) => _ids.Contains(id);

    public void Toggle(string id)
    {
        if (_ids.Remove(id)) return;
        _ids.Add(id);
        if (_ids.Count > 2) _ids.RemoveAt(0);
    }

    public void Clear() => _ids.Clear();

    /// <summary>Where the two are compared, the older one first; null until there are two.</summary>
    // Ids of runs sort by their start.
    public string? Address => _ids.Order(StringComparer.Ordinal).ToList() is [var older, var newer] ? AddressOf(older, newer) : null;

    public static string AddressOf(string one, string other) => $"runs/compare?a={Uri.EscapeDataString(one)}&b={Uri.EscapeDataString(other)}";
}
