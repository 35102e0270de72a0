using System.Text.Json.Nodes;
using Flows.Contract.Artifacts;
using Flows.Contract.DataSets;
using Flows.Contract.Models;

namespace Flows.Contract.Activities;

/// <summary>What a running activity may know and use. The same inline and on a runner.</summary>
public sealed class ActivityContext
{
    public required string RunId { get; init; }

    public required string StepId { get; init; }

    public required string ActivityId { get; init; }

    public required string ProjectId { get; init; }

    public required string DefinitionId { get; init; }

    /// <summary>Who or what started the run.</summary>
    public string Author { get; init; } = "local";

    /// <summary>The activity's JSON, for ports and parameters that the instance declares.</summary>
    public required JsonObject Activity { get; init; }

    /// <summary>Every evaluated input by camelCase name, declared ones and those of dynamic ports.</summary>
    public required JsonObject Inputs { get; init; }

    /// <summary>Values of dynamic output ports; those of <see cref="OutputAttribute"/> properties are read from the activity.</summary>
    public JsonObject Outputs { get; } = [];

    /// <summary>Outcomes to follow; none means <c>Done</c>.</summary>
    public List<string> Outcomes { get; } = [];

    /// <summary>Figures that the run page and the tracking store show, for example <c>accuracy</c>. NaN and infinities are kept as such.</summary>
    public Dictionary<string, double> Metrics { get; } = [];

    /// <summary>What the step's process runs in, if it has one: recorded with its result.</summary>
    public Runs.StepEnvironment? Environment { get; set; }

    /// <summary>What the step's process used, if it had one: recorded with its result, also when it faulted.</summary>
    public Runs.ResourceUse? Used { get; set; }

    /// <summary>What else its result comes from: recorded with it, also when it faulted.</summary>
    public Provenance.StepFacts Facts { get; set; } = new();

    /// <summary>How an earlier step's result is made again; null for an ordinary step.</summary>
    public Provenance.StepRecipe? Recipe { get; init; }

    /// <summary>What a step's random numbers begin with: its own seed, or the recorded one when an earlier step is made again. Recorded with the step.</summary>
    public long Begin(long seed) => (Facts = Facts with { Seed = Recipe?.Seed ?? seed }).Seed!.Value;

    /// <summary>Notes a file that the step's settings name, as it was read.</summary>
    public void Use(Provenance.UsedFile file)
    {
        if (Facts.Files?.Contains(file) != true) Facts = Facts with { Files = [.. Facts.Files ?? [], file] };
    }

    /// <summary>An empty folder of this step's own; removed after the step.</summary>
    public required string WorkFolder { get; init; }

    public required IArtifacts Artifacts { get; init; }

    public required IFlowFiles Files { get; init; }

    public required IDataSets DataSets { get; init; }

    public required IModels Models { get; init; }

    public required IDeployments Deployments { get; init; }

    /// <summary>Makes runs again; null where the step is not carried out by the server itself.</summary>
    public Provenance.IReproductions? Reproductions { get; init; }

    public required IStepLog Log { get; init; }

    /// <summary>Secrets of the project, for an activity that lists the names of those it wants; inputs that are secrets are set already.</summary>
    public Secrets.StepSecrets Secrets { get; init; } = global::Flows.Contract.Secrets.StepSecrets.None;

    /// <summary>Address and narrow token for the step's process: <c>FLOWS_SERVER</c>, <c>FLOWS_TOKEN</c>.</summary>
    public string ServerUrl { get; init; } = "";

    public string Token { get; init; } = "";

    /// <summary>What the step's own requests may reach.</summary>
    public NetworkPolicy Network { get; init; } = NetworkPolicy.Open;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>What outlives the step on this machine; null where nothing does.</summary>
    public StepHost? Host { get; init; }
}

/// <summary>Live log and progress of a step. Lines beyond the log's limit are counted, not kept.</summary>
public interface IStepLog
{
    void Write(LogLevel level, string text);

    /// <summary>Share done, 0 to 1, and what is being done.</summary>
    void Progress(double share, string? text = null);
}

public enum LogLevel { Debug, Info, Warning, Error, Output, ErrorOutput }
