using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Contract.DataSets;
using Flows.Contract.Models;
using Flows.Contract.Secrets;
using Flows.Hub.Artifacts;
using Flows.Library.Python;

namespace Flows.Hub.Runners;

/// <summary>What a step may use of the hub, on its own behalf: in the same process, or over HTTP.</summary>
public sealed record StepCapabilities(IArtifacts Artifacts, IFlowFiles Files, IDataSets DataSets, IModels Models, IDeployments Deployments, ISecrets Secrets)
{
    public Contract.Provenance.IReproductions? Reproductions { get; init; }
}

/// <summary>Makes what a running activity may know and use.</summary>
/// <param name="work">Folder for the steps' work folders.</param>
public sealed class StepContexts(string work, Func<StepAssignment, StepCapabilities> capabilities, IHubAddress address, StepHost host) : IAsyncDisposable
{
    // What cannot be killed within it waits for a device: the server starts all the same.
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private Task _deleting = Task.CompletedTask;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public ActivityContext For(StepAssignment step, IStepLog log)
    {
        var may = capabilities(step);
        var secrets = new StepSecrets(may.Secrets, step.ProjectId);
        var files = new NotedFiles(may.Files);
        return files.Context = new ActivityContext
        {
            RunId = step.RunId,
            StepId = step.StepId,
            ActivityId = (string?)step.Activity["id"] ?? "",
            ProjectId = step.ProjectId,
            DefinitionId = step.DefinitionId,
            Author = step.Author,
            Activity = step.Activity,
            Inputs = step.Inputs,
            WorkFolder = Directory.CreateDirectory(WorkFolder(step.StepId)).FullName,
            Artifacts = new StepArtifacts(may.Artifacts, WorkFolder(step.StepId), secrets.Mask),
            Files = files,
            Recipe = Contract.Provenance.StepRecipe.Of(step.Activity),
            DataSets = may.DataSets,
            Models = may.Models,
            Deployments = may.Deployments,
            Reproductions = may.Reproductions,
            Log = secrets.Masked(log),
            Secrets = secrets,
            ServerUrl = address.Url,
            Token = step.Token,
            Network = step.Network,
            Time = Time,
            Host = host,
            Facts = MachineFacts.Here,
        };
    }

    /// <summary>
    /// Removes the step's work folder: at once from its place, where the step's next attempt may work, and soon from the disk, which takes some
    /// file systems several milliseconds a folder. What a dead step leaves is removed at the next start.
    /// </summary>
    public void Clean(string stepId)
    {
        if (!Directory.Exists(WorkFolder(stepId))) return;
        var over = Path.Combine(Directory.CreateDirectory(Over).FullName, Guid.NewGuid().ToString("N"));
        try { Directory.Move(WorkFolder(stepId), over); }
        catch (Exception kept) when (kept is IOException or UnauthorizedAccessException) { return; }
        lock (_gate) _deleting = _deleting.ContinueWith(_ => Delete(over), TaskScheduler.Default);
    }

    /// <summary>Ends when nothing is being removed any more.</summary>
    public async ValueTask DisposeAsync() => await _deleting;

    /// <summary>Ends what dead steps left running, and removes their folders.</summary>
    public void CleanAll()
    {
        Delete(Over);
        var steps = Path.Combine(work, "steps");
        if (!Directory.Exists(steps)) return;
        using var limit = new CancellationTokenSource(EndLimit);
        foreach (var folder in Directory.EnumerateDirectories(steps))
        {
            try { StepRemains.EndAsync(folder, limit.Token).Wait(CancellationToken.None); }
            catch (AggregateException late) when (late.InnerException is OperationCanceledException) { }
        }
        Delete(steps);
    }

    /// <summary>Where one step works, below the folder of all.</summary>
    public static string FolderOf(string work, string stepId) => Path.Combine(work, "steps", stepId);

    // Of what is over and about to be removed.
    private string Over => Path.Combine(work, "over");

    private string WorkFolder(string stepId) => FolderOf(work, stepId);

    private static void Delete(string folder)
    {
        try { Directory.Delete(folder, recursive: true); }
        // What cannot be removed now is removed at the next start.
        catch (Exception kept) when (kept is IOException or UnauthorizedAccessException) { }
    }
}

/// <summary>On whose behalf a step acts: goes onto every row that it writes.</summary>
public sealed record StepIdentity(string ProjectId, string Author, string DefinitionId, string RunId, string StepId);

/// <summary>Where steps reach a server.</summary>
public interface IHubAddress
{
    string Url { get; }
}

/// <summary>Where the server answers; known once it listens.</summary>
public sealed class HubAddress : IHubAddress
{
    public string Url { get; set; } = "";
}
