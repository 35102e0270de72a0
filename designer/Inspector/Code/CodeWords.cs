using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Contract.Definitions;
using Flows.Designer.Canvas;
using Flows.Designer.Editing;

namespace Flows.Designer.Inspector.Code;

/// <summary>What the flow knows at a node, as words of a language: variables, inputs, what activities before it gave, columns of the tables that come in.</summary>
public static class CodeWords
{
    /// <param name="language">As fields name it: <c>JavaScript</c>, <c>Liquid</c>, <c>sql</c>, <c>python</c>; others have no words.</param>
    /// <param name="node">Null for code that belongs to no node.</param>
    public static IReadOnlyList<CodeWord> Of(string language, EditorSession session, CanvasNode? node) => language.ToLowerInvariant() switch
    {
        "javascript" => [.. JavaScriptWords.Of(session)],
        "liquid" => [.. LiquidWords.Of(session)],
        "sql" when node is not null => [.. SqlWords.Of(session, node)],
        "python" when node is not null => [.. PythonWords.Of(session, node)],
        _ => [],
    };

    /// <summary>Variables that people read: not those that only carry what a wire hands on.</summary>
    internal static IEnumerable<FlowVariable> Variables(EditorSession session) =>
        DataWires.Variables(session.Draft).Where(variable => !variable.Id.StartsWith("wire-", StringComparison.Ordinal) && variable.Name.Length > 0).DistinctBy(variable => variable.Name);

    /// <summary>Tables that come into a node, by the port, with the columns that a run has told; none when no run has.</summary>
    internal static IEnumerable<(string Port, IReadOnlyList<TableColumn> Columns)> Tables(EditorSession session, CanvasNode node) =>
        from port in node.Ports
        where port.Side == PortSide.DataIn
        select (port.Name, UpstreamColumns.At(session, node.Id, port.Name));

    internal static FlowActivity? Activity(EditorSession session, CanvasNode node) => session.Draft.Find(node.Id);
}
