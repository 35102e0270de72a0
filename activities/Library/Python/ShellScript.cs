using System.ComponentModel.DataAnnotations;
using Flows.Contract.Activities;

namespace Flows.Library.Python;

/// <summary>
/// Runs a shell script as a process of its own, with the same promises as a Python script: its inputs are files named in <c>FLOWS_INPUT_NAME</c>,
/// its parameters <c>FLOWS_PARAM_NAME</c>, its outputs what it writes to <c>$FLOWS_OUTPUT_DIR</c> under their names, its metrics <c>metrics.json</c> there.
/// </summary>
[Activity("Flows.ShellScript", "Shell script", Category = "Data", Heavy = true, Cacheable = true, DynamicInputs = true, DynamicOutputs = true,
    Description = "Runs a shell script with declared inputs, outputs and parameters; its output is the step's live log.")]
public sealed class ShellScript : IActivity
{
    [Setting(Editor = "multiline", Description = "The script itself; or name a file below. Inputs are files in $FLOWS_INPUT_NAME, outputs go to $FLOWS_OUTPUT_DIR/name.")] public string? Script { get; init; }

    [Setting(Editor = "file", DisplayName = "Script file", Description = "A script of the flow.")] public string? ScriptFile { get; init; }

    /// <summary>The program that reads the script. It stops at the first command that fails.</summary>
    [Setting(Description = "It stops at the first command that fails.")] public ShellKind Shell { get; init; } = ShellKind.Sh;

    /// <summary>Names of secrets of the project. The script has each as <c>FLOWS_SECRET_NAME</c>; what it prints of one is masked, and a file that holds one is refused as an output.</summary>
    [Setting(Editor = "secrets", Description = "Names, one a line. The script has each as the variable FLOWS_SECRET_NAME.")] public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>Seconds until the script is ended, 0 to 604,800. Default 0: never.</summary>
    [Setting(DisplayName = "Timeout (s)"), Range(0d, 604_800d)] public double Timeout { get; init; }

    /// <inheritdoc cref="PythonScript.RandomSeed"/>
    [Setting(Group = "Advanced", DisplayName = "Seed", Description = "The variable FLOWS_SEED. Left empty: a new one each time, which the record has."), Range(0, int.MaxValue)] public int? RandomSeed { get; init; }

    /// <inheritdoc cref="PythonScript.WatchFiles"/>
    [Setting(Group = "Advanced", DisplayName = "Note undeclared files", Description = "Files that it reads or writes without a port saying so are recorded, with a warning.")] public bool WatchFiles { get; init; } = true;

    /// <inheritdoc cref="PythonScript.MemoryLimit"/>
    [Setting(Group = "Advanced", DisplayName = "Memory limit (MB)"), Range(0d, 16_777_216d)] public double MemoryLimit { get; init; }

    /// <inheritdoc cref="PythonScript.CpuLimit"/>
    [Setting(Group = "Advanced", DisplayName = "CPU limit (s)"), Range(0d, 604_800d)] public double CpuLimit { get; init; }

    public async Task RunAsync(ActivityContext context, CancellationToken cancellation)
    {
        var script = await new ScriptSource(context, Script, ScriptFile, "script.sh").OpenAsync(cancellation);
        var limits = StepLimits.Of(MemoryLimit, CpuLimit, 0);
        var step = new ScriptStep(context, "script", script) { Limits = limits, Timeout = Timeout, Secrets = Secrets, Seed = RandomSeed, Watches = WatchFiles };
        await step.RunAsync((variables, own, stop) => new StepProcess(context.Log, context.Time) { Limits = limits, Watch = own }
            .RunAsync([Program(), "-e", script], variables, context.WorkFolder, stop), cancellation);
    }

    private string Program() => ((string[])["/bin", "/usr/bin", "/usr/local/bin"]).Select(folder => Path.Combine(folder, Shell == ShellKind.Bash ? "bash" : "sh")).FirstOrDefault(File.Exists)
        ?? throw new ActivityFault($"There is no {(Shell == ShellKind.Bash ? "bash" : "sh")} on this machine.");
}

/// <summary>What reads a shell script.</summary>
public enum ShellKind { Sh, Bash }
