using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Contract.Secrets;

namespace Flows.Contract.Checks;

/// <summary>Inputs of one activity: there, of the right type, in an expression language that exists.</summary>
internal static class InputChecks
{
    private const string Known = "Literal, Object, Variable, Input, JavaScript, Liquid, Secret";

    public static void Find(CheckedNode node, ActivityCatalog catalog, Findings found)
    {
        foreach (var (field, input) in node.Expressions)
        {
            if (input.ExpressionType != ExpressionTypes.CSharp || catalog.AllowsCSharp == false) Expression(node, field, input, found);
        }
        foreach (var declared in node.Declared)
        {
            if (declared.Editor == "secrets" && node.Activity.Input(declared.Name) is { ExpressionType: not (ExpressionTypes.Literal or ExpressionTypes.Object or ExpressionTypes.Json) })
                found.Error("secrets-not-listed", node.Id, declared.Name, $"'{declared.DisplayName}' of {node.Title} has to list names: which secrets a step is given must be known before it runs.", "Write the names of the secrets.");
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
                Secret(node, field, input, found);
                return;
            default:
                found.Error("unknown-expression", node.Id, field, $"'{field}' of {node.Title} has an expression of the unknown kind '{input.ExpressionType}'.", $"Use one of {Known}.");
                return;
        }
    }

    // Whether there is such a secret, only the server knows.
    private static void Secret(CheckedNode node, string field, FlowInput input, Findings found)
    {
        if (node.Declared.FirstOrDefault(one => one.Name == field) is not { TakesSecret: true })
            found.Error("secret-misplaced", node.Id, field, $"'{field}' of {node.Title} cannot be a secret: what it is given is kept with the run.", "Give secrets to settings that offer them, such as an Authorization header, and to scripts by name in their 'Secrets'.");
        else if (!SecretUse.IsName(SecretUse.NameIn(input)))
            found.Error("secret-unnamed", node.Id, field, $"'{field}' of {node.Title} does not name a secret.", "Choose one.");
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
