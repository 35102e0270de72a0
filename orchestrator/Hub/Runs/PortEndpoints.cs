using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Artifacts;
using Flows.Contract.Runs;
using Flows.Hub.Artifacts;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Flows.Hub.Runs;

/// <summary>What went through a port: any input or output of any step of a run, also while the run stands still.</summary>
internal static class PortEndpoints
{
    /// <summary>Longest value, as JSON text, that is answered whole: 65,536 characters.</summary>
    public const int Longest = 64 * 1024;

    /// <param name="step">Which of the activity's steps, by its id; absent: the newest that has the port. A loop's body has one for each pass.</param>
    /// <param name="side"><c>input</c> or <c>output</c>; absent: an output of that name, else an input.</param>
    public static async Task<Ok<PortValue>> ValueAsync(string id, string activityId, string port, string? step, string? side, RunReader runs, ArtifactPreviews previews, CancellationToken cancellation)
    {
        var run = await runs.FindAsync(id, cancellation) ?? throw Missing($"There is no run '{id}'.");
        var steps = run.Steps.Where(one => one.ActivityId == activityId && (step is null || one.StepId == step)).Reverse().ToList();
        if (steps.Count == 0) throw Missing(step is null ? $"The run has not come to '{activityId}'." : $"'{activityId}' has no step '{step}' in this run.");
        var found = steps.Select(one => Find(one, port, side)).FirstOrDefault(value => value is not null)
            ?? throw Missing($"Nothing went through '{port}' of '{activityId}' yet.");
        return TypedResults.Ok(await ShownAsync(found, previews, cancellation));
    }

    private static PortValue? Find(StepRecord step, string port, string? side) =>
        side is null or "output" && step.Outputs?.TryGetPropertyValue(port, out var given) == true ? new PortValue(step.StepId, port, "output") { Value = given?.DeepClone() }
        : side is null or "input" && step.Inputs?.TryGetPropertyValue(port, out var taken) == true ? new PortValue(step.StepId, port, "input") { Value = taken?.DeepClone() }
        : null;

    private static async Task<PortValue> ShownAsync(PortValue port, ArtifactPreviews previews, CancellationToken cancellation)
    {
        if (Artifact.From(port.Value) is { } artifact) return port with { Preview = await previews.OfAsync(artifact.Sha256, artifact.Kind, artifact.Name, cancellation) };
        return port.Value?.ToJsonString(ContractJson.Options) is { Length: > Longest } text ? port with { Value = null, Text = text[..Longest] } : port;
    }

    private static RequestFault Missing(string what) => new(what, StatusCodes.Status404NotFound);
}
