using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Contract.Runs;
using Flows.Library.Python.Recording;

namespace Flows.Library.Python.Environments;

/// <summary>The environment that a step's settings name.</summary>
/// <param name="interpreter">A path, or a version such as <c>3.11</c>; null for the one of this machine that finds most of what is imported.</param>
internal sealed class ScriptEnvironment(ActivityContext context, string? interpreter, Requirements requirements)
{
    /// <param name="script">The script's text, for what it imports.</param>
    public async Task<EnvironmentLease> TakeAsync(string script, CancellationToken cancellation) => context.Recipe?.Environment is { Archive: { } archive } recorded
        ? await Shared(isMade: true).RestoreAsync(recorded, await context.Artifacts.FetchAsync(archive, cancellation), context.Log, cancellation)
        : await Shared(!requirements.IsEmpty).TakeAsync(Wish(script), context.Log, cancellation);

    /// <summary>Notes with the step what it runs in: the list of packages as an artifact, and once for each environment all that was installed.</summary>
    public async Task RecordAsync(PythonEnvironment environment, CancellationToken cancellation)
    {
        context.Environment = new StepEnvironment("python", environment.Digest, environment.Version)
        {
            Interpreter = environment.Base ?? environment.Interpreter,
            Ground = environment.Ground,
            SystemPackages = environment.SystemPackages,
            Packages = await StoredOnce.Of(context).PutAsync(context, $"packages {environment.Digest}", () => StoreAsync("packages.json",
                file => File.WriteAllTextAsync(file, JsonSerializer.Serialize(environment.Packages, ContractJson.Options), cancellation), cancellation)),
            Archive = environment.Place is not { } place ? null : await StoredOnce.Of(context).PutAsync(context, $"environment {environment.Digest}", () => ArchivedAsync(environment.Digest, place, cancellation)),
        };
    }

    // Packing takes a while: the note beside the environment says what was stored, unless that is gone by now, or another project's.
    private async Task<Artifact> ArchivedAsync(string digest, string place, CancellationToken cancellation)
    {
        // One packs, those who came with it read the note.
        await using var turn = await EnvironmentShelf.TurnAsync(Path.Combine(place, "archive.lock"), cancellation);
        var note = Path.Combine(place, "archive.json");
        if (File.Exists(note) && JsonSerializer.Deserialize<Artifact>(await File.ReadAllTextAsync(note, cancellation), ContractJson.Options) is { } known && await IsThereAsync(known, cancellation)) return known;
        var stored = await StoreAsync($"environment-{digest[..12]}.tar.gz", file => EnvironmentArchive.PackAsync(place, file, cancellation), cancellation);
        EnvironmentShelf.WriteWhole(note, JsonSerializer.SerializeToUtf8Bytes(stored, ContractJson.Options));
        return stored;
    }

    private async Task<bool> IsThereAsync(Artifact artifact, CancellationToken cancellation)
    {
        try { return File.Exists(await context.Artifacts.FetchAsync(artifact, cancellation)); }
        catch (Exception missing) when (missing is not OperationCanceledException) { return false; }
    }

    private async Task<Artifact> StoreAsync(string name, Func<string, Task> write, CancellationToken cancellation)
    {
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(context.WorkFolder, ".environment")).FullName, name);
        await write(file);
        return await context.Artifacts.PutFileAsync(file, "File", cancellation: cancellation);
    }

    private EnvironmentWish Wish(string script) => new(Base(script), requirements);

    private PythonEnvironments Shared(bool isMade)
    {
        if (context.Host is { } host) return PythonEnvironments.Of(host);
        return !isMade ? new PythonEnvironments("", context.Time) : throw new ActivityFault("A step with requirements needs a runner that keeps environments.");
    }

    private string Base(string script)
    {
        if (context.Recipe?.Environment?.Interpreter is { } recorded && PythonInterpreter.Named(recorded) is { } same) return same;
        if (!string.IsNullOrWhiteSpace(interpreter))
            return PythonInterpreter.Named(interpreter) ?? throw new ActivityFault($"There is no interpreter '{interpreter.Trim()}' on this machine. Give a path, or a version such as 3.11.");
        var python = PythonInterpreter.Find(PythonInterpreter.ModulesOf(script)) ?? throw new ActivityFault("There is no Python 3 on this machine. Install python3.");
        if (python.Missing.Count > 0 && requirements.IsEmpty) context.Log.Write(LogLevel.Warning, $"{python.Path} does not find: {string.Join(", ", python.Missing)}. Name them in 'requirements', or install them.");
        return python.Path;
    }
}
