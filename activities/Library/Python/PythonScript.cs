using System.ComponentModel.DataAnnotations;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Library.Python.Environments;

namespace Flows.Library.Python;

/// <summary>
/// Runs a Python script as a process of its own, forked from a warm parent or started anew. Its inputs are files named in <c>FLOWS_INPUT_NAME</c> (tables as CSV with a header,
/// which pandas reads without further packages), its outputs what it writes to <c>FLOWS_OUTPUT_DIR</c> under their names; the module
/// <c>flows</c> does both. Figures in <c>metrics.json</c> there become the step's metrics.
/// </summary>
[Activity("Flows.PythonScript", "Python script", Category = "Training", Heavy = true, Cacheable = true, DynamicInputs = true, DynamicOutputs = true,
    Description = "Runs a Python script with declared inputs, outputs and parameters; its output is the step's live log.")]
public sealed class PythonScript : IActivity, IResultSource
{
    [Setting(Editor = "python", Description = "The script itself; or name a file below.")] public string? Script { get; init; }

    [Setting(Editor = "file", DisplayName = "Script file", Description = "A .py file of the flow.")] public string? ScriptFile { get; init; }

    /// <summary>Packages as in a <c>requirements.txt</c>; the step runs in an environment that has them, made once and shared.
    /// Default: those of the flow, <c>customProperties.python.requirements</c>; none beyond the interpreter's when it has none, or with a comment line alone.</summary>
    [Setting(Editor = "multiline", FromFlow = "python.requirements", Description = "Packages with versions, one a line, as in a requirements.txt. Empty: those of the flow, else what the interpreter has.")] public string? Requirements { get; init; }

    [Setting(Group = "Advanced", Editor = "file", DisplayName = "Requirements file", Description = "A requirements.txt of the flow, instead of writing the packages here.")] public string? RequirementsFile { get; init; }

    /// <summary>Whether an environment with requirements sees the interpreter's own packages too (Debian's scikit-learn, for example). Default: yes.</summary>
    [Setting(Group = "Advanced", DisplayName = "System packages", Description = "With requirements: the interpreter's own packages are there too and count as installed.")] public bool SystemPackages { get; init; } = true;

    /// <summary>Names of secrets of the project. The script has each as <c>FLOWS_SECRET_NAME</c>; what it prints of one is masked, and a file that holds one is refused as an output.</summary>
    [Setting(Editor = "secrets", Description = "Names, one a line. The script reads one with flows.secret(\"name\") or as the variable FLOWS_SECRET_NAME.")] public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>Seconds until the script is ended, 0 to 604,800. Default 0: never.</summary>
    [Setting(DisplayName = "Timeout (s)"), Range(0d, 604_800d)] public double Timeout { get; init; }

    /// <summary>What <c>random</c> and numpy's global generator begin with (torch's too), 0 to 2,147,483,647; the script has it as <c>FLOWS_SEED</c>. Default: a new one each time, which the record of the step has.</summary>
    [Setting(Group = "Advanced", DisplayName = "Seed", Description = "What random numbers begin with: Python's random, numpy, FLOWS_SEED. Left empty: a new one each time, which the record has."), Range(0, int.MaxValue)] public int? RandomSeed { get; init; }

    /// <summary>Whether files are recorded that its processes read or write without a port or setting saying so. Costs a tenth of a millisecond of processor time for each file that is opened. Default: yes.</summary>
    [Setting(Group = "Advanced", DisplayName = "Note undeclared files", Description = "Files that it reads or writes without a port saying so are recorded, with a warning.")] public bool WatchFiles { get; init; } = true;

    /// <summary>An interpreter, by path or version; by default the one on this machine that finds most of what the script imports.</summary>
    [Setting(Group = "Advanced", DisplayName = "Interpreter", Description = "Path of a Python 3, or a version such as 3.11. Left empty: the one that finds what the script imports.")] public string? Interpreter { get; init; }

    /// <summary>How the script's process is made. <c>fork</c>: a child of a warm parent that has imported what scripts import;
    /// <c>process</c>: a new interpreter, for what must not be imported before a fork (GPU, thread counts set by the script).</summary>
    [Setting(Group = "Advanced", DisplayName = "Isolation", Description = "fork: from a warm Python, fast. process: a new Python, for GPUs and for libraries that must be set up before they are imported.")]
    public ScriptIsolation Isolation { get; init; } = ScriptIsolation.Fork;

    /// <summary>Megabytes that all its processes together may use, 0 to 16,777,216; then it is killed. Default 0: no limit.</summary>
    [Setting(Group = "Advanced", DisplayName = "Memory limit (MB)"), Range(0d, 16_777_216d)] public double MemoryLimit { get; init; }

    /// <summary>Seconds of processor time, all threads and processes together, 0 to 604,800; then the script is ended. Default 0: no limit.</summary>
    [Setting(Group = "Advanced", DisplayName = "CPU limit (s)"), Range(0d, 604_800d)] public double CpuLimit { get; init; }

    /// <summary>Files that a process of the script may have open, 0 to 1,048,576. Default 0: what the machine allows.</summary>
    [Setting(Group = "Advanced", DisplayName = "Open files"), Range(0, 1_048_576)] public int OpenFiles { get; init; }

    public async Task RunAsync(ActivityContext context, CancellationToken cancellation)
    {
        var script = await new ScriptSource(context, Script, ScriptFile, "script.py").OpenAsync(cancellation);
        var wanted = await EnvironmentAsync(context, cancellation);
        using var python = await wanted.TakeAsync(await File.ReadAllTextAsync(script, cancellation), cancellation);
        // Beside the script: what it ran in matters, but nobody should wait for it.
        var recorded = wanted.RecordAsync(python.Environment, cancellation);
        try { await RunAsync(context, python.Environment, script, cancellation); }
        finally { await recorded; }
    }

    private async Task RunAsync(ActivityContext context, PythonEnvironment python, string script, CancellationToken cancellation)
    {
        var limits = StepLimits.Of(MemoryLimit, CpuLimit, OpenFiles);
        var step = new ScriptStep(context, "script", script)
        {
            Limits = limits, Timeout = Timeout, Secrets = Secrets, Seed = RandomSeed, Watches = WatchFiles, Programs = await PythonFacts.ProgramsAsync(python.Interpreter, cancellation),
        };
        await step.RunAsync((variables, own, stop) => Way(context).RunAsync(
            new PythonCall(python.Interpreter, "flows.step", [script], python.Over(variables), context.WorkFolder) { Limits = limits, Watch = own }, context.Log, context.Time, stop), cancellation);
    }

    /// <summary>The interpreter that it would stand on, with its packages; what it requires beyond them is among its settings.</summary>
    public async Task<string?> SourceAsync(IFlowFiles files, CancellationToken cancellation)
    {
        var script = string.IsNullOrWhiteSpace(ScriptFile) ? Script ?? "" : await File.ReadAllTextAsync(await files.FetchAsync(ScriptFile.Trim(), cancellation), cancellation);
        var path = PythonInterpreter.Named(Interpreter) ?? (string.IsNullOrWhiteSpace(Interpreter) ? PythonInterpreter.Find(PythonInterpreter.ModulesOf(script))?.Path : null);
        return path is null ? null : $"{path} {(await PythonFacts.OfAsync(path, cancellation)).Digest}";
    }

    private IPythonProcess Way(ActivityContext context) =>
        Isolation == ScriptIsolation.Fork && context.Host is { } host ? ForkServers.Of(host) : new PlainPython();

    private async Task<ScriptEnvironment> EnvironmentAsync(ActivityContext context, CancellationToken cancellation)
    {
        var text = string.IsNullOrWhiteSpace(RequirementsFile) ? Requirements ?? "" : await File.ReadAllTextAsync(await context.Files.FetchAsync(RequirementsFile.Trim(), cancellation), cancellation);
        return new ScriptEnvironment(context, Interpreter, new Requirements(text, SystemPackages));
    }
}

/// <summary>How a script's process is made.</summary>
public enum ScriptIsolation { Fork, Process }
