using System.Text.Json.Nodes;

namespace Flows.Designer.Editing;

/// <summary>
/// Changes a JSON tree and remembers how to change it back, down to the order of keys.
/// Steps hold the very nodes they took out, so that later steps still fit after undo and redo.
/// </summary>
internal sealed class JsonLedger
{
    private readonly List<Step> _steps = [];

    public bool IsEmpty => _steps.Count == 0;

    public void Set(JsonObject owner, string key, JsonNode? value) => Do(owner.TryGetPropertyValue(key, out var before)
        ? new KeyChanged(owner, key, before, value)
        : new KeyAdded(owner, owner.Count, key, value));

    public void Remove(JsonObject owner, string key)
    {
        var index = owner.IndexOf(key);
        if (index >= 0) Do(new KeyRemoved(owner, index, key, owner[key]));
    }

    public void Add(JsonArray list, JsonNode? item) => Do(new ItemAdded(list, list.Count, item));

    public void RemoveAt(JsonArray list, int index) => Do(new ItemRemoved(list, index, list[index]));

    /// <summary>The array under a key, made when it is not there.</summary>
    public JsonArray ListOf(JsonObject owner, string key)
    {
        if (owner[key] is JsonObject wrapped && (wrapped["items"] ?? wrapped["values"] ?? wrapped["_items"]) is JsonArray inner) return inner;
        if (owner[key] is JsonArray list) return list;
        var made = new JsonArray();
        Set(owner, key, made);
        return made;
    }

    public JsonObject ObjectOf(JsonObject owner, string key)
    {
        if (owner[key] is JsonObject there) return there;
        var made = new JsonObject();
        Set(owner, key, made);
        return made;
    }

    /// <summary>Sets or, with null, removes a value at the end of a path of keys.</summary>
    public void SetPath(JsonObject owner, IReadOnlyList<string> path, JsonNode? value)
    {
        foreach (var key in path.SkipLast(1))
        {
            if (value is null && owner[key] is not JsonObject) return;
            owner = ObjectOf(owner, key);
        }
        if (value is null) Remove(owner, path[^1]);
        else Set(owner, path[^1], value);
    }

    public void Undo()
    {
        for (var i = _steps.Count - 1; i >= 0; i--) _steps[i].Back();
    }

    public void Redo()
    {
        foreach (var step in _steps) step.Forth();
    }

    private void Do(Step step)
    {
        step.Forth();
        _steps.Add(step);
    }

    private abstract record Step
    {
        public abstract void Forth();

        public abstract void Back();
    }

    private sealed record KeyAdded(JsonObject Owner, int Index, string Key, JsonNode? Value) : Step
    {
        public override void Forth() => Owner.Insert(Index, Key, Value);

        public override void Back() => Owner.RemoveAt(Index);
    }

    private sealed record KeyRemoved(JsonObject Owner, int Index, string Key, JsonNode? Value) : Step
    {
        public override void Forth() => Owner.RemoveAt(Index);

        public override void Back() => Owner.Insert(Index, Key, Value);
    }

    private sealed record KeyChanged(JsonObject Owner, string Key, JsonNode? Before, JsonNode? After) : Step
    {
        public override void Forth() => Owner[Key] = After;

        public override void Back() => Owner[Key] = Before;
    }

    private sealed record ItemAdded(JsonArray List, int Index, JsonNode? Item) : Step
    {
        public override void Forth() => List.Insert(Index, Item);

        public override void Back() => List.RemoveAt(Index);
    }

    private sealed record ItemRemoved(JsonArray List, int Index, JsonNode? Item) : Step
    {
        public override void Forth() => List.RemoveAt(Index);

        public override void Back() => List.Insert(Index, Item);
    }
}
