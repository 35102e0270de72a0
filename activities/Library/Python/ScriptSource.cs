using Flows.Contract.Activities;
using Flows.Contract.Provenance;
using Flows.Library.Python.Recording;

namespace Flows.Library.Python;

/// <summary>Where a step's script comes from: written in the step, a file of the flow, or, when an earlier step is made again, what was recorded of it.</summary>
/// <param name="text">The script itself; null or empty when a file is named.</param>
/// <param name="file">Path among the flow's files, or a whole one.</param>
/// <param name="name">What a script is called that is written in the step.</param>
internal sealed class ScriptSource(ActivityContext context, string? text, string? file, string name)
{
    /// <summary>What is said when there is none.</summary>
    public string Missing { get; init; } = "There is no script: write one in 'script' or name a file in 'scriptFile'.";

    /// <summary>The script's file, which is recorded as it is.</summary>
    /// <exception cref="ActivityFault">There is none.</exception>
    public async Task<string> OpenAsync(CancellationToken cancellation)
    {
        if (context.Recipe?.Code is { } recorded) return await AgainAsync(recorded, cancellation);
        var script = await PathAsync(cancellation);
        var code = await ScriptFolder.SnapshotAsync(context, script, string.IsNullOrWhiteSpace(file), cancellation);
        // Files of a flow are the server's, wherever that keeps them.
        context.Facts = context.Facts with { Code = Path.IsPathRooted(file?.Trim()) ? code with { Git = await GitTree.OfAsync(context, script, cancellation) } : code };
        return script;
    }

    private async Task<string> AgainAsync(StepCode recorded, CancellationToken cancellation)
    {
        context.Facts = context.Facts with { Code = recorded };
        return Path.Combine(await context.Artifacts.FetchAsync(recorded.Snapshot, cancellation), recorded.Entry);
    }

    private async Task<string> PathAsync(CancellationToken cancellation)
    {
        if (!string.IsNullOrWhiteSpace(file)) return await context.Files.FetchAsync(file.Trim(), cancellation);
        if (string.IsNullOrWhiteSpace(text)) throw new ActivityFault(Missing);

        var path = Path.Combine(context.WorkFolder, name);
        await File.WriteAllTextAsync(path, text, cancellation);
        return path;
    }
}
