using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Contract.Definitions;
using Flows.Contract.Models;
using Flows.Hub.Artifacts;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using LogLevel = Flows.Contract.Activities.LogLevel;

namespace Flows.Hub.Runners;

/// <summary>Makes what a running activity may know and use.</summary>
public sealed class StepContexts(IServiceProvider services, DataFolder data, RunTokens tokens, HubAddress address, StepHost host, TimeProvider time)
{
    public ActivityContext For(LiveRun run, int step, JsonObject inputs)
    {
        var record = run.StepRecord(step);
        return For(run, step, record.StepId, run.ActivityOf(step), inputs);
    }

    public ActivityContext For(LiveRun run, int step, string stepId, FlowActivity activity, JsonObject inputs)
    {
        var identity = new StepIdentity(run.Row.ProjectId, run.Row.Author, run.Row.DefinitionId, run.Row.Id, stepId);
        return new ActivityContext
        {
            RunId = identity.RunId,
            StepId = stepId,
            ActivityId = activity.Id,
            ProjectId = identity.ProjectId,
            DefinitionId = identity.DefinitionId,
            Author = identity.Author,
            Activity = activity.Json,
            Inputs = inputs,
            WorkFolder = Directory.CreateDirectory(WorkFolder(stepId)).FullName,
            Artifacts = new StepArtifacts(services.GetRequiredService<IArtifacts>(), WorkFolder(stepId)),
            Files = services.GetRequiredService<Func<StepIdentity, IFlowFiles>>()(identity),
            Models = services.GetRequiredService<Func<StepIdentity, IModels>>()(identity),
            Deployments = services.GetRequiredService<Func<StepIdentity, IDeployments>>()(identity),
            Log = new StepLog(run, step, stepId, activity.Id),
            ServerUrl = address.Url,
            Token = tokens.Of(run.Row.Id),
            Time = time,
            Host = host,
        };
    }

    /// <summary>Removes the step's work folder; what a dead step leaves is removed at the next start.</summary>
    public void Clean(string stepId)
    {
        try { Directory.Delete(WorkFolder(stepId), recursive: true); }
        catch (DirectoryNotFoundException) { }
        catch (IOException) { }
    }

    public void CleanAll()
    {
        try { Directory.Delete(Path.Combine(data.Work, "steps"), recursive: true); }
        catch (DirectoryNotFoundException) { }
        catch (IOException) { }
    }

    private string WorkFolder(string stepId) => Path.Combine(data.Work, "steps", stepId);

    private sealed class StepLog(LiveRun run, int step, string stepId, string activityId) : IStepLog
    {
        public void Write(LogLevel level, string text) => run.Log.Write(stepId, activityId, level, text);

        public void Progress(double share, string? text = null) => run.Progress(step, share, text);
    }
}

/// <summary>On whose behalf a step acts: goes onto every row that it writes.</summary>
public sealed record StepIdentity(string ProjectId, string Author, string DefinitionId, string RunId, string StepId);

/// <summary>Where this server answers; known once it listens.</summary>
public sealed class HubAddress
{
    public string Url { get; set; } = "";
}
