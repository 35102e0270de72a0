using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Contract.Definitions;
using Flows.Library.Python.Environments;

namespace Flows.Library.Python;

/// <summary>
/// Runs a Jupyter notebook from its first cell to its last in a kernel of its own, with parameters put behind the cell that is tagged
/// <c>parameters</c>, as papermill does. The notebook as it came out is an output; its pictures are with the run. In its cells the module
/// <c>flows</c> is what it is in a script. It needs nbclient and ipykernel: only a real kernel runs what people write in notebooks (magics,
/// displays, awaits) as they saw it run.
/// </summary>
[Activity("Flows.Notebook", "Notebook", Category = "Training", Heavy = true, Cacheable = true, DynamicInputs = true, DynamicOutputs = true,
    Description = "Runs a Jupyter notebook with parameters, and keeps it with its outputs.")]
public sealed class Notebook : IActivity, IResultSource
{
    private const string Needed = "import nbclient, nbformat, ipykernel\n";

    [Setting(Editor = "file", DisplayName = "Notebook file", Description = "An .ipynb file of the flow.")] public string? NotebookFile { get; init; }

    /// <summary>The notebook's JSON, instead of a file.</summary>
    [Setting(Group = "Advanced", Editor = "multiline", DisplayName = "Notebook", Description = "The notebook itself (JSON), instead of a file.")] public string? NotebookText { get; init; }

    /// <summary>Packages as in a <c>requirements.txt</c>. Default: those of the flow; none beyond the interpreter's when it has none.</summary>
    [Setting(Editor = "multiline", FromFlow = "python.requirements", Description = "Packages with versions, one a line. Empty: those of the flow, else what the interpreter has.")] public string? Requirements { get; init; }

    /// <summary>Whether an environment with requirements sees the interpreter's own packages too. Default: yes.</summary>
    [Setting(Group = "Advanced", DisplayName = "System packages", Description = "With requirements: the interpreter's own packages are there too and count as installed.")] public bool SystemPackages { get; init; } = true;

    /// <summary>Names of secrets of the project, as in a script.</summary>
    [Setting(Editor = "secrets", Description = "Names, one a line. A cell reads one with flows.secret(\"name\").")] public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>Seconds until it is ended, 0 to 604,800. Default 0: never.</summary>
    [Setting(DisplayName = "Timeout (s)"), Range(0d, 604_800d)] public double Timeout { get; init; }

    /// <inheritdoc cref="PythonScript.RandomSeed"/>
    [Setting(Group = "Advanced", DisplayName = "Seed", Description = "What random numbers of the cells begin with: Python's random, numpy, FLOWS_SEED. Left empty: a new one each time, which the record has."), Range(0, int.MaxValue)] public int? RandomSeed { get; init; }

    /// <inheritdoc cref="PythonScript.WatchFiles"/>
    [Setting(Group = "Advanced", DisplayName = "Note undeclared files", Description = "Files that its cells read or write without a port saying so are recorded, with a warning.")] public bool WatchFiles { get; init; } = true;

    /// <summary>An interpreter, by path or version; by default the one on this machine that finds most of what the cells import.</summary>
    [Setting(Group = "Advanced", DisplayName = "Interpreter", Description = "Path of a Python 3, or a version such as 3.11. Left empty: the one that finds what the cells import.")] public string? Interpreter { get; init; }

    /// <summary>Megabytes that all its processes together may use, 0 to 16,777,216; then it is killed. Default 0: no limit.</summary>
    [Setting(Group = "Advanced", DisplayName = "Memory limit (MB)"), Range(0d, 16_777_216d)] public double MemoryLimit { get; init; }

    /// <summary>The notebook with what its cells gave, and with the cell that assigns the parameters.</summary>
    [Output] public Artifact? Executed { get; private set; }

    public async Task RunAsync(ActivityContext context, CancellationToken cancellation)
    {
        var notebook = await new ScriptSource(context, NotebookText, NotebookFile, "notebook.ipynb") { Missing = "There is no notebook: name an .ipynb file in 'notebookFile', or give it in 'notebookText'." }.OpenAsync(cancellation);
        var wanted = new ScriptEnvironment(context, Interpreter, new Requirements(Requirements ?? "", SystemPackages));
        using var python = await wanted.TakeAsync(Needed + Code(await File.ReadAllTextAsync(notebook, cancellation)), cancellation);
        var recorded = wanted.RecordAsync(python.Environment, cancellation);
        try { await RunAsync(context, python.Environment, notebook, cancellation); }
        finally { await recorded; }
    }

    /// <summary>The interpreter that it would stand on, with its packages.</summary>
    public async Task<string?> SourceAsync(IFlowFiles files, CancellationToken cancellation)
    {
        var code = string.IsNullOrWhiteSpace(NotebookFile) ? NotebookText ?? "" : await File.ReadAllTextAsync(await files.FetchAsync(NotebookFile.Trim(), cancellation), cancellation);
        var path = PythonInterpreter.Named(Interpreter) ?? (string.IsNullOrWhiteSpace(Interpreter) ? PythonInterpreter.Find(PythonInterpreter.ModulesOf(Needed + Code(code)))?.Path : null);
        return path is null ? null : $"{path} {(await PythonFacts.OfAsync(path, cancellation)).Digest}";
    }

    private async Task RunAsync(ActivityContext context, PythonEnvironment python, string notebook, CancellationToken cancellation)
    {
        var (executed, given) = (Path.Combine(context.WorkFolder, "executed", Path.GetFileName(notebook)), Path.Combine(context.WorkFolder, "parameters.json"));
        Directory.CreateDirectory(Path.GetDirectoryName(executed)!);
        await File.WriteAllTextAsync(given, Parameters(context).ToJsonString(ContractJson.Options), cancellation);
        var limits = StepLimits.Of(MemoryLimit, 0, 0);
        var step = new ScriptStep(context, "notebook", notebook)
        {
            Limits = limits, Timeout = Timeout, Secrets = Secrets, Seed = RandomSeed, Watches = WatchFiles, Programs = await PythonFacts.ProgramsAsync(python.Interpreter, cancellation),
        };
        // A kernel is an interpreter of its own: a warm one is of no use to it.
        await step.RunAsync((variables, own, stop) => new PlainPython().RunAsync(
            new PythonCall(python.Interpreter, "flows.notebook", [notebook, executed, given], python.Over(variables), context.WorkFolder) { Limits = limits, Watch = own }, context.Log, context.Time, stop), cancellation);
        Executed = await context.Artifacts.PutFileAsync(executed, "File", cancellation: cancellation);
    }

    // As the values that they are: a cell assigns them.
    private static JsonObject Parameters(ActivityContext context) => new((new FlowActivity(context.Activity).CustomProperties["ports"] as JsonObject ?? []).Objects("parameters")
        .Select(parameter => (Name: parameter.Text("name") ?? "", Value: context.Inputs[parameter.Text("name") ?? ""] ?? parameter["value"]))
        .Where(parameter => parameter.Name.Length > 0)
        .Select(parameter => KeyValuePair.Create(parameter.Name, parameter.Value?.DeepClone())));

    /// <summary>The text of a notebook's code cells, for what they import; empty when it is no notebook, which is said when it runs.</summary>
    private static string Code(string notebook)
    {
        try
        {
            var cells = (JsonNode.Parse(notebook) as JsonObject)?["cells"] as JsonArray ?? [];
            return string.Join('\n', cells.OfType<JsonObject>().Where(cell => cell.Text("cell_type") == "code").Select(cell => cell["source"] is JsonArray lines ? string.Concat(lines.Select(line => (string?)line)) : cell.Text("source")));
        }
        catch (JsonException) { return ""; }
    }
}
