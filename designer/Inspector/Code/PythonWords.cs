using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Designer.Canvas;

namespace Flows.Designer.Inspector.Code;

/// <summary>The <c>flows</c> module of Python steps with the step's own ports, parameters and secrets, and the columns of what comes in.</summary>
internal static class PythonWords
{
    private static readonly (string Name, string Apply, string What)[] Functions =
    [
        ("input", "input(\"\")", "path of an input"), ("rows", "rows(\"\")", "the rows of a table"), ("value", "value(\"\")", "a plain value that is wired in"),
        ("output", "output(\"\")", "path to write an output to"), ("table", "table(\"\", rows)", "writes a table"), ("param", "param(\"\", )", "a parameter, with its default"),
        ("metric", "metric(\"\", )", "a figure of the step"), ("model", "model(\"\", model, label=, features=[])", "writes a scikit-learn model"), ("secret", "secret(\"\")", "the value of a secret"),
    ];

    public static IEnumerable<CodeWord> Of(EditorSession session, CanvasNode node)
    {
        yield return new("flows", "variable", "inputs, outputs and figures of the step");
        foreach (var (name, apply, what) in Functions) yield return new(name, "function", what) { After = ["flows."], Apply = apply };
        foreach (var (port, columns) in CodeWords.Tables(session, node))
        {
            yield return new(port, "text", columns.Count > 0 ? $"input, {columns.Count} columns" : "input") { After = Calls("input", "rows", "value") };
            foreach (var column in columns) yield return new(column.Name, "property", $"{port} · {column.Type.ToLowerInvariant()}") { After = ["[\"", "['"] };
        }
        foreach (var port in node.Ports.Where(port => port.Side == PortSide.DataOut)) yield return new(port.Name, "text", $"output, {port.Type}") { After = Calls("output", "table", "model") };
        if (CodeWords.Activity(session, node) is not { } activity) yield break;
        foreach (var name in Parameters(activity)) yield return new(name, "text", "parameter") { After = Calls("param") };
        foreach (var name in Secrets(activity)) yield return new(name, "text", "secret") { After = Calls("secret") };
    }

    private static string[] Calls(params string[] functions) => [.. functions.SelectMany(name => new[] { $"flows.{name}(\"", $"flows.{name}('" })];

    private static IEnumerable<string> Parameters(FlowActivity activity) =>
        activity.CustomProperties["ports"] is JsonObject ports ? ports.Objects("parameters").Select(port => port.Text("name") ?? "").Where(name => name.Length > 0) : [];

    private static string[] Secrets(FlowActivity activity) =>
        activity.Input("secrets")?.Value.AsText()?.Split(['\n', ',', '[', ']', '"'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}
