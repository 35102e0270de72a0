using Flows.Designer.Canvas;

namespace Flows.Designer.Inspector.Code;

/// <summary>Elsa's names in Liquid: <c>Variables.rate</c>, <c>Input.file</c>, and facts of the run.</summary>
internal static class LiquidWords
{
    private static readonly (string Name, string What)[] Facts =
    [
        ("Variables", "the flow's variables"), ("Input", "the run's inputs"), ("CorrelationId", "of the run"), ("WorkflowInstanceId", "id of the run"),
        ("WorkflowDefinitionId", "id of the flow"), ("WorkflowDefinitionVersion", "version of the flow"), ("LastResult", "what the activity before gave"),
    ];

    public static IEnumerable<CodeWord> Of(EditorSession session) =>
    [
        .. Facts.Select(fact => new CodeWord(fact.Name, "variable", fact.What)),
        .. CodeWords.Variables(session).Select(variable => new CodeWord(variable.Name, "variable", variable.TypeName) { After = ["Variables."] }),
        .. session.Draft.Flow.Inputs.Select(input => new CodeWord(input.Name, "property", input.Type) { After = ["Input."] }),
        .. new[] { "json", "base64", "keys" }.Select(filter => new CodeWord(filter, "function", "filter") { After = ["| ", "|"] }),
    ];
}
