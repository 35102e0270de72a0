using Flows.Contract.Definitions;

namespace Flows.Contract.Checks;

/// <summary>The words of all scripts of a flow: enough to know that a script may write a variable.</summary>
internal sealed class ScriptWords
{
    private readonly HashSet<string> _words = new(StringComparer.OrdinalIgnoreCase);

    public ScriptWords(IEnumerable<CheckedNode> nodes)
    {
        foreach (var node in nodes)
        {
            foreach (var (field, input) in node.Expressions)
            {
                if (input.ExpressionType == ExpressionTypes.JavaScript || field == "script" && node.Activity.Type == "Elsa.RunJavaScript") Add(input.Value.AsText() ?? "");
            }
        }
    }

    /// <summary>Not certain: a script that names the variable beside <c>setVariable</c> or <c>variables</c> counts.</summary>
    public bool MayWrite(string variable) => _words.Contains("set" + variable)
        || _words.Contains(variable) && (_words.Contains("setVariable") || _words.Contains("variables"));

    private void Add(string script)
    {
        var start = -1;
        for (var at = 0; at <= script.Length; at++)
        {
            var isWord = at < script.Length && (char.IsLetterOrDigit(script[at]) || script[at] is '_' or '$');
            if (isWord && start < 0) start = at;
            if (isWord || start < 0) continue;
            _words.Add(script[start..at]);
            start = -1;
        }
    }
}
