using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Runs;

namespace Flows.Library.Python.Environments;

/// <summary>The environment that a step's settings name.</summary>
/// <param name="interpreter">A path, or a version such as <c>3.11</c>; null for the one of this machine that finds most of what is imported.</param>
internal sealed class ScriptEnvironment(ActivityContext context, string? interpreter, Requirements requirements)
{
    /// <param name="script">The script's text, for what it imports.</param>
    public Task<EnvironmentLease> TakeAsync(string script, CancellationToken cancellation) => Shared().TakeAsync(Wish(script), context.Log, cancellation);

    /// <summary>Notes with the step what it runs in; the packages as an artifact.</summary>
    public async Task RecordAsync(PythonEnvironment environment, CancellationToken cancellation)
    {
        var recorded = new StepEnvironment("python", environment.Digest, environment.Version);
        var list = Path.Combine(Directory.CreateDirectory(Path.Combine(context.WorkFolder, ".environment")).FullName, "packages.json");
        await File.WriteAllTextAsync(list, JsonSerializer.Serialize(environment.Packages, ContractJson.Options), cancellation);
        context.Environment = recorded with { Packages = await context.Artifacts.PutFileAsync(list, "File", cancellation: cancellation) };
    }

    private EnvironmentWish Wish(string script) => new(Base(script), requirements);

    private PythonEnvironments Shared()
    {
        if (context.Host is { } host) return PythonEnvironments.Of(host);
        return requirements.IsEmpty ? new PythonEnvironments("", context.Time) : throw new ActivityFault("A step with requirements needs a runner that keeps environments.");
    }

    private string Base(string script)
    {
        if (!string.IsNullOrWhiteSpace(interpreter))
            return PythonInterpreter.Named(interpreter) ?? throw new ActivityFault($"There is no interpreter '{interpreter.Trim()}' on this machine. Give a path, or a version such as 3.11.");
        var python = PythonInterpreter.Find(PythonInterpreter.ModulesOf(script)) ?? throw new ActivityFault("There is no Python 3 on this machine. Install python3.");
        if (python.Missing.Count > 0 && requirements.IsEmpty) context.Log.Write(LogLevel.Warning, $"{python.Path} does not find: {string.Join(", ", python.Missing)}. Name them in 'requirements', or install them.");
        return python.Path;
    }
}
