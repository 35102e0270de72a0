using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;

namespace Flows.Contract.Secrets;

/// <summary>Where an activity names a secret. What it does not name it is not given.</summary>
/// <param name="Field">The input, camelCase.</param>
public sealed partial record SecretUse(string Field, string Name)
{
    /// <summary>The setting of scripts that lists the secrets they are given as <c>FLOWS_SECRET_NAME</c>.</summary>
    public const string List = "secrets";

    /// <summary>What a secret may be called, for messages.</summary>
    public const string NameRule = "1 to 100 letters, digits, '-', '_' and '.', beginning with a letter";

    public static bool IsName(string name) => Names().IsMatch(name);

    /// <summary>Every secret that the activity names, in its expressions and in its list.</summary>
    public static IReadOnlyList<SecretUse> Of(FlowActivity activity) => [.. Expressions(activity), .. Listed(activity.Input(List)).Select(name => new SecretUse(List, name))];

    /// <summary>Inputs whose whole value is a secret.</summary>
    public static IReadOnlyList<SecretUse> Expressions(FlowActivity activity) => [.. activity.Json
        .Where(field => field.Value is JsonObject)
        .Select(field => (Field: field.Key, Input: FlowInput.Read(field.Value)))
        .Where(field => field.Input?.ExpressionType == ExpressionTypes.Secret)
        .Select(field => new SecretUse(field.Field, NameIn(field.Input!)))];

    /// <summary>The name that a Secret expression holds, as a text or as <c>{name}</c>.</summary>
    public static string NameIn(FlowInput input) => (input.Value is JsonObject reference ? reference.Text("name") ?? reference.Text("id") : input.Value.AsText()) ?? "";

    private static IReadOnlyList<string> Listed(FlowInput? input) => input is { ExpressionType: ExpressionTypes.Literal or ExpressionTypes.Object or ExpressionTypes.Json, Value: { } value }
        ? ActivityValue.Read(value, typeof(IReadOnlyList<string>)) as IReadOnlyList<string> ?? []
        : [];

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9._-]{0,99}\z")]
    private static partial Regex Names();
}
