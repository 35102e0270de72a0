using Flows.Contract.Activities;
using Flows.Contract.Definitions;

namespace Flows.Contract.Checks;

/// <summary>Inputs of one activity: there, of the right type, in an expression language that exists.</summary>
internal static class InputChecks
{
    private const string Known = "Literal, Object, Variable, Input, JavaScript, Liquid";

    public static void Find(CheckedNode node, ActivityCatalog catalog, Findings found)
    {
        foreach (var (field, input) in node.Expressions)
        {
            if (input.ExpressionType != ExpressionTypes.CSharp || catalog.AllowsCSharp == false) Expression(node, field, input, found);
        }
        foreach (var declared in node.Declared)
        {
            if (IsMissing(node, declared)) Missing(node, declared, found);
            else if (node.Activity.Input(declared.Name) is { ExpressionType: ExpressionTypes.Literal } literal && !IsOfTypeUnknownHere(literal, declared) && LiteralCheck.Fault(declared, literal.Value) is { } fault)
                found.Error(fault.Code, node.Id, declared.Name, $"'{declared.DisplayName}' of {node.Title} {fault.Message}.", fault.Fix);
        }
    }

    // Elsa writes names of enums where a number is declared: HttpStatusCode "OK".
    private static bool IsOfTypeUnknownHere(FlowInput literal, InputDescriptor declared) =>
        declared.Choices.Count == 0 && literal.TypeName is { Length: > 0 } type && type != "Object" && !PortTypes.IsScalar(type) && PortTypes.IsScalar(declared.Type);

    private static void Expression(CheckedNode node, string field, FlowInput input, Findings found)
    {
        switch (input.ExpressionType)
        {
            case ExpressionTypes.Literal or ExpressionTypes.Object or ExpressionTypes.Json or ExpressionTypes.Variable
                or ExpressionTypes.Input or ExpressionTypes.JavaScript or ExpressionTypes.Liquid:
                return;
            case ExpressionTypes.CSharp:
                found.Error("csharp-off", node.Id, field, $"'{field}' of {node.Title} is a C# expression, and those are turned off here.", "Write it in JavaScript or Liquid.");
                return;
            case ExpressionTypes.Secret:
                found.Error("secret-missing", node.Id, field, $"'{field}' of {node.Title} reads a secret, and secrets are not available yet.", "Give the value in another way.");
                return;
            default:
                found.Error("unknown-expression", node.Id, field, $"'{field}' of {node.Title} has an expression of the unknown kind '{input.ExpressionType}'.", $"Use one of {Known}.");
                return;
        }
    }

    private static bool IsMissing(CheckedNode node, InputDescriptor declared)
    {
        if (!declared.Required || declared.Default is not null) return false;
        if (declared.Type == "Variable") return VariableReference.IdIn(node.Activity.Json[declared.Name]) is null;
        return node.Activity.Input(declared.Name) is not { } input
            || (input.ExpressionType is ExpressionTypes.Literal or ExpressionTypes.JavaScript or ExpressionTypes.Liquid && string.IsNullOrWhiteSpace(input.Value.AsText()));
    }

    private static void Missing(CheckedNode node, InputDescriptor declared, Findings found) =>
        found.Error("missing-input", node.Id, declared.Name, $"{node.Title} needs '{declared.DisplayName}'.",
            declared.IsPort ? $"Wire an output of type {declared.Type} to its port '{declared.DisplayName}'." : $"Fill in '{declared.DisplayName}'.");
}
