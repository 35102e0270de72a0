using System.Text.Json.Nodes;
using Flows.Contract.Activities;

namespace Flows.Hub.Runners;

/// <summary>What a runner needs to carry out one attempt of one step.</summary>
/// <param name="Key"><see cref="JobKey"/> as text.</param>
public sealed record StepAssignment(string Key, string RunId, string StepId, int Attempt)
{
    public string ProjectId { get; init; } = "default";

    /// <summary>Who or what started the run.</summary>
    public string Author { get; init; } = "local";

    public string DefinitionId { get; init; } = "";

    /// <summary>The activity's JSON.</summary>
    public JsonObject Activity { get; init; } = [];

    /// <summary>Evaluated inputs by camelCase name.</summary>
    public JsonObject Inputs { get; init; } = [];

    /// <summary>Narrow token of the step: for its processes, and for what it reads and writes at the server.</summary>
    public string Token { get; init; } = "";

    /// <summary>What the step's own requests may reach, as the server has it.</summary>
    public NetworkPolicy Network { get; init; } = NetworkPolicy.Open;

    public StepIdentity Identity => new(ProjectId, Author, DefinitionId, RunId, StepId);
}
