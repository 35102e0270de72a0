using Flows.Designer.Canvas;

namespace Flows.Designer.Inspector.Code;

/// <summary>Elsa's functions, and accessors for what the flow has: <c>variables.rate</c>, <c>getRate()</c>, <c>getOutputFromTrain()</c>.</summary>
internal static class JavaScriptWords
{
    private static readonly (string Name, string Arguments, string What)[] Functions =
    [
        ("getVariable", "(\"\")", "a variable by its name"),
        ("setVariable", "(\"\", )", "writes a variable"),
        ("getInput", "(\"\")", "an input of the run"),
        ("getOutputFrom", "(\"\")", "what an activity gave"),
        ("getLastResult", "()", "what the activity before gave"),
        ("getCorrelationId", "()", "of the run"),
        ("getWorkflowInstanceId", "()", "id of the run"),
        ("getWorkflowDefinitionId", "()", "id of the flow"),
        ("getWorkflowDefinitionVersion", "()", "version of the flow"),
        ("setOutcome", "(\"\")", "chooses the outcome"),
        ("toJson", "()", "a value as JSON"),
        ("newGuid", "()", "a new id"),
        ("isNullOrEmpty", "()", "whether a text is missing"),
    ];

    public static IEnumerable<CodeWord> Of(EditorSession session)
    {
        foreach (var (name, arguments, what) in Functions) yield return new(name, "function", what) { Apply = name + arguments };
        yield return new("variables", "variable", "the flow's variables");
        yield return new("inputs", "variable", "the run's inputs");
        foreach (var variable in CodeWords.Variables(session))
        {
            yield return new(variable.Name, "variable", variable.TypeName) { After = ["variables.", "getVariable(\"", "getVariable('", "setVariable(\"", "setVariable('"] };
            yield return new($"get{Accessor(variable.Name)}", "function", $"variable, {variable.TypeName}") { Apply = $"get{Accessor(variable.Name)}()" };
        }
        foreach (var input in session.Draft.Flow.Inputs)
        {
            yield return new(input.Name, "property", $"input, {input.Type}") { After = ["inputs.", "input.", "getInput(\"", "getInput('"] };
            yield return new($"get{Accessor(input.Name)}", "function", $"input, {input.Type}") { Apply = $"get{Accessor(input.Name)}()" };
        }
        foreach (var name in Named(session))
        {
            yield return new(name, "text", "activity") { After = ["getOutputFrom(\"", "getOutputFrom('"] };
            yield return new($"getOutputFrom{Accessor(name)}", "function", "what it gave") { Apply = $"getOutputFrom{Accessor(name)}()" };
        }
    }

    private static IEnumerable<string> Named(EditorSession session) =>
        session.Draft.Index.All.Where(activity => !activity.IsFlowchart && !string.IsNullOrEmpty(activity.Name)).Select(activity => activity.Name!).Distinct();

    // As the engine spells it: my_rate is getMyRate().
    private static string Accessor(string name) => string.Concat(name.Split(['_', ' ', '-'], StringSplitOptions.RemoveEmptyEntries).Select(part => char.ToUpperInvariant(part[0]) + part[1..]));
}
