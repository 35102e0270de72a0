using System.Security.Cryptography;
using Flows.Contract.Activities;
using Flows.Library.Python.Recording;

namespace Flows.Library.Python;

/// <summary>A script that is a step: its inputs as files, its process, its outputs, and what is recorded of all that.</summary>
/// <param name="what">How it is called in messages: <c>script</c>.</param>
/// <param name="script">Its file.</param>
internal sealed class ScriptStep(ActivityContext context, string what, string script)
{
    public StepLimits Limits { get; init; } = StepLimits.None;

    /// <summary>Seconds; 0 is never.</summary>
    public double Timeout { get; init; }

    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>Null: a new one.</summary>
    public long? Seed { get; init; }

    /// <summary>Whether files are noted that it uses undeclared.</summary>
    public bool Watches { get; init; } = true;

    /// <summary>Folders of the program that carries it out.</summary>
    public IEnumerable<string> Programs { get; init; } = [];

    /// <param name="process">Runs it, given its variables and the files that are its own.</param>
    public async Task RunAsync(Func<Dictionary<string, string>, IReadOnlyList<string>?, CancellationToken, Task<ProcessEnd>> process, CancellationToken cancellation)
    {
        var ports = new ScriptPorts(context.Activity);
        var outputs = Directory.CreateDirectory(Path.Combine(context.WorkFolder, "outputs")).FullName;
        var variables = await ScriptInputs.EnvironmentAsync(context, ports, outputs, Secrets, cancellation);
        // Recorded before it is used: a step that faults can be made again too.
        variables["FLOWS_SEED"] = $"{context.Begin(Seed ?? RandomNumberGenerator.GetInt32(int.MaxValue))}";
        var own = Watches ? OwnFiles.Of(context, script, Programs) : null;
        await new StepRun(context, what, Limits, Timeout, Watches).RunAsync(stop => process(variables, own, stop), cancellation);
        await ScriptOutputs.CollectAsync(context, ports, outputs, cancellation);
    }
}
