using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract.Definitions;

namespace Flows.Contract.Diff;

/// <summary>Two people who add a node get the same id for it. Mine takes another one, with everything that speaks of it.</summary>
internal static class FreshNames
{
    public static (FlowDefinition Mine, IReadOnlyDictionary<string, string> Renamed) For(FlowDefinition before, FlowDefinition mine, FlowDefinition theirs)
    {
        var (old, other) = (new FlowIndex(before), new FlowIndex(theirs));
        var taken = new[] { before, mine, theirs }.SelectMany(flow => flow.Activities()).Select(activity => activity.Id).ToHashSet();
        var clashes = mine.Activities().Where(node => node.Id.Length > 0 && old.Find(node.Id) is null && other.Find(node.Id) is { } there && !JsonNode.DeepEquals(there.Activity.Json, node.Json)).ToList();
        if (clashes.Count == 0) return (mine, new Dictionary<string, string>());

        var words = new Dictionary<string, string>();
        foreach (var node in clashes) words.TryAdd(node.Id, Fresh(node.Id, taken));
        var ids = words.ToDictionary();
        AddNames(words, clashes, [before, mine, theirs]);
        AddVariables(words, clashes, [before, mine, theirs]);
        return (new FlowDefinition((JsonObject)Copy(mine.Json, words)!), ids);
    }

    private static void AddNames(Dictionary<string, string> words, List<FlowActivity> clashes, FlowDefinition[] flows)
    {
        var taken = flows.SelectMany(flow => flow.Activities()).Select(activity => activity.Name).OfType<string>().ToHashSet();
        foreach (var name in clashes.Select(node => node.Name).OfType<string>().Where(name => name.Length > 0).Distinct())
            words.TryAdd(name, Fresh(name, taken));
    }

    private static void AddVariables(Dictionary<string, string> words, List<FlowActivity> clashes, FlowDefinition[] flows)
    {
        var taken = flows.SelectMany(flow => flow.Variables).SelectMany(variable => new[] { variable.Id, variable.Name }).ToHashSet();
        var known = flows[0].Variables.Select(variable => variable.Id).ToHashSet();
        var own = clashes.SelectMany(VariableUse.Writes).Select(write => write.Variable).ToHashSet();
        foreach (var variable in flows[1].Variables.Where(variable => own.Contains(variable.Id) && !known.Contains(variable.Id)))
        {
            var name = Fresh(variable.Name, taken);
            words.TryAdd(variable.Id, variable.Id.EndsWith(variable.Name, StringComparison.Ordinal) ? variable.Id[..^variable.Name.Length] + name : name);
            words.TryAdd(variable.Name, name);
        }
    }

    private static string Fresh(string word, HashSet<string> taken)
    {
        var stem = word.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        var number = 2;
        while (!taken.Add(stem + number)) number++;
        return stem + number;
    }

    // Whole texts only are ids; inside an expression a name is a word of its own.
    private static JsonNode? Copy(JsonNode? node, Dictionary<string, string> words) => node switch
    {
        JsonObject json => new JsonObject(json.Select(p => KeyValuePair.Create(p.Key, p.Key is "type" or "typeName" or "displayText" ? p.Value?.DeepClone() : Copy(p.Value, words)))),
        JsonArray list => new JsonArray([.. list.Select(item => Copy(item, words))]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => Renamed(value.GetValue<string>(), words),
        _ => node?.DeepClone(),
    };

    private static string Renamed(string text, Dictionary<string, string> words)
    {
        if (words.TryGetValue(text, out var whole)) return whole;
        foreach (var (word, fresh) in words)
            if (text.Contains(word, StringComparison.Ordinal)) text = WholeWord.Replace(text, word, fresh);
        return text;
    }
}
