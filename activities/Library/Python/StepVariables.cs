using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;

namespace Flows.Library.Python;

/// <summary>The environment of a step's process: what the product promises to it, and PATH, HOME and LANG. No secret is inherited.</summary>
internal static partial class StepVariables
{
    public static Dictionary<string, string> Of(ActivityContext context, string outputs) => Promised(context, outputs).ToDictionary(pair => pair.Name, pair => pair.Value);

    /// <summary>What every Python process of this machine has, whatever step it is for.</summary>
    public static IEnumerable<(string Name, string Value)> Machine()
    {
        foreach (var name in (string[])["PATH", "HOME", "LANG"])
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value) yield return (name, value);
        yield return ("PYTHONPATH", Sdk);
        // The order of sets is the same in every process: what a step gives does not hang on it.
        yield return ("PYTHONHASHSEED", "0");
    }

    /// <summary>A port's or parameter's name in a variable: upper case, everything but letters and digits an underscore.</summary>
    public static string Name(string name) => Other().Replace(name, "_").ToUpperInvariant();

    /// <summary>Folder of the Python modules that come with the program.</summary>
    public static string Sdk => Path.Combine(AppContext.BaseDirectory, "python");

    private static IEnumerable<(string Name, string Value)> Promised(ActivityContext context, string outputs)
    {
        foreach (var pair in Machine()) yield return pair;
        yield return ("FLOWS_RUN_ID", context.RunId);
        yield return ("FLOWS_STEP_ID", context.StepId);
        yield return ("FLOWS_OUTPUT_DIR", outputs);
        yield return ("DOTSCIENCE_WORKLOAD_TYPE", "command");
        if (context.Token.Length > 0) yield return ("FLOWS_TOKEN", context.Token);
        if (context.ServerUrl.Length == 0) yield break;
        yield return ("FLOWS_SERVER", context.ServerUrl);
        yield return ("MLFLOW_TRACKING_URI", context.ServerUrl);
        yield return ("MLFLOW_RUN_ID", context.RunId);
    }

    [GeneratedRegex("[^A-Za-z0-9]")]
    private static partial Regex Other();
}

/// <summary>Ports and parameters that a script's node declares in <c>customProperties.ports</c>.</summary>
internal sealed class ScriptPorts(JsonObject activity)
{
    private readonly JsonObject _ports = new FlowActivity(activity).CustomProperties["ports"] as JsonObject ?? [];

    public IEnumerable<(string Name, string Type)> Inputs => Ports("inputs");

    public IEnumerable<(string Name, string Type)> Outputs => Ports("outputs");

    /// <summary>Parameters with the value that the run gave them, else their own.</summary>
    public IEnumerable<(string Name, string Value)> Parameters(JsonObject inputs) => _ports.Objects("parameters")
        .Select(parameter => (Name: parameter.Text("name") ?? "", Value: (inputs[parameter.Text("name") ?? ""] ?? parameter["value"]).AsText() ?? ""))
        .Where(parameter => parameter.Name.Length > 0);

    private IEnumerable<(string, string)> Ports(string side) => _ports.Objects(side)
        .Select(port => (Name: port.Text("name") ?? "", Type: port.Text("type") ?? "Table"))
        .Where(port => port.Name.Length > 0);
}
