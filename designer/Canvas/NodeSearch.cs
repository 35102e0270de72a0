using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract.Checks;
using Flows.Contract.Definitions;

namespace Flows.Designer.Canvas;

/// <summary>
/// Finds nodes by words that all have to occur in title, kind, id or any property; <c>is:invalid</c>, <c>is:unused</c>,
/// <c>is:failed</c> and <c>type:word</c> narrow the search.
/// </summary>
public static class NodeSearch
{
    public static IReadOnlyList<CanvasNode> Find(EditorSession session, string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var tests = words.Select(word => Test(session, word)).ToList();
        return [.. session.Graph.Nodes.Concat(Elsewhere(session)).Where(node => tests.All(test => test(node))).OrderBy(node => Rank(node, words)).ThenBy(node => node.X)];
    }

    private static Func<CanvasNode, bool> Test(EditorSession session, string word)
    {
        if (word.StartsWith("type:", StringComparison.OrdinalIgnoreCase)) return node => Has(node.Type, word[5..]) || Has(node.Kind, word[5..]);
        return word.ToLowerInvariant() switch
        {
            "is:invalid" => Invalid(session),
            "is:unused" => Unused(session.Graph),
            "is:failed" => node => session.Steps.GetValueOrDefault(node.Id)?.Status == Contract.Runs.StepStatus.Faulted,
            _ => node => Has(node.Title, word) || Has(node.Kind, word) || Has(node.Id, word) || Speaks(session.Draft.Find(node.Id), word),
        };
    }

    private static Func<CanvasNode, bool> Invalid(EditorSession session)
    {
        var wrong = session.Problems.Where(problem => problem.Level == ProblemLevel.Error).Select(problem => problem.ActivityId).ToHashSet();
        return node => wrong.Contains(node.Id);
    }

    private static Func<CanvasNode, bool> Unused(CanvasGraph graph)
    {
        var wired = graph.Wires.SelectMany(wire => new[] { wire.Source, wire.Target }).ToHashSet();
        return node => graph.Find(node.Id) is not null && !wired.Contains(node.Id);
    }

    // Nodes in bodies that are not on the canvas now.
    private static IEnumerable<CanvasNode> Elsewhere(EditorSession session) =>
        session.Draft.Index.All.Where(activity => session.Graph.Find(activity.Id) is null && !activity.IsFlowchart)
            .Select(activity => NodeShape.Of(activity, session.Catalog, activity.Position ?? (0, 0)));

    private static bool Speaks(FlowActivity? activity, string word) => activity is not null && activity.Json
        .Where(property => property.Key is not ("connections" or "activities" or "type" or "version"))
        .Any(property => Speaks(property.Value, word));

    private static bool Speaks(JsonNode? node, string word) => node switch
    {
        JsonObject json => json.Any(property => property.Key is not ("typeName" or "designer") && Speaks(property.Value, word)),
        JsonArray list => list.Any(item => Speaks(item, word)),
        JsonValue value when value.GetValueKind() is JsonValueKind.String => Has(value.GetValue<string>(), word),
        JsonValue value => value.ToJsonString() == word,
        _ => false,
    };

    private static int Rank(CanvasNode node, string[] words) => words.Any(word => node.Title.StartsWith(word, StringComparison.OrdinalIgnoreCase)) ? 0 : words.Any(word => Has(node.Title, word)) ? 1 : 2;

    private static bool Has(string text, string word) => text.Contains(word, StringComparison.OrdinalIgnoreCase);
}
