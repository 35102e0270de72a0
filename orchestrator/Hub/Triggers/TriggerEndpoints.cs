using Flows.Contract.Runs;
using Flows.Contract.Triggers;
using Flows.Hub.Flows;
using Flows.Hub.Runs;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Flows.Hub.Triggers;

internal static class TriggerEndpoints
{
    public static async Task<Ok<IReadOnlyList<TriggerRecord>>> ListAsync(string? definitionId, TriggerBook book, CancellationToken cancellation) =>
        TypedResults.Ok(await book.ListAsync(definitionId, cancellation));

    public static async Task<Results<Ok<IReadOnlyList<FireRecord>>, ProblemHttpResult>> FiresAsync(string definitionId, string activityId, TriggerBook book, CancellationToken cancellation)
    {
        var trigger = new TriggerKey(definitionId, activityId);
        return await book.FindAsync(trigger, cancellation) is null ? None(trigger) : TypedResults.Ok(await book.FiresAsync(trigger, cancellation));
    }

    /// <summary>Fires a trigger by hand, as if the payload had come to it.</summary>
    /// <param name="draft">Start the newest draft instead, as a try: it is no fire of the published trigger.</param>
    public static async Task<Results<Accepted<RunStarted>, ProblemHttpResult>> FireAsync(
        string definitionId, string activityId, bool? draft, FireRequest? request, FireBook fires, IFlowLookup flows, RunHost host, TimeProvider time, CancellationToken cancellation)
    {
        host.DemandRoom();
        var trigger = new TriggerKey(definitionId, activityId);
        if (draft == true) return await TryAsync(trigger, request, flows, host, cancellation);
        var fire = new Fire("by hand " + host.NewId(), time.GetUtcNow(), request?.Payload?.DeepClone());
        return await fires.FireAsync(trigger, fire, null, cancellation) switch
        {
            Fired.Taken taken => TypedResults.Accepted($"/api/runs/{taken.RunId}", new RunStarted(taken.RunId)),
            Fired.Full full => TypedResults.Problem(full.Why, statusCode: StatusCodes.Status429TooManyRequests, title: "Too many"),
            Fired.Refused refused => Problems.Conflict(refused.Why),
            _ => Problems.Conflict($"There is no published flow with the trigger {trigger}: publish the flow, or try its draft with ?draft=true."),
        };
    }

    private static async Task<Results<Accepted<RunStarted>, ProblemHttpResult>> TryAsync(TriggerKey trigger, FireRequest? request, IFlowLookup flows, RunHost host, CancellationToken cancellation)
    {
        if (await flows.RunnableAsync(trigger.DefinitionId, draft: true, cancellation) is not { } flow || flow.Find(trigger.ActivityId) is not { } activity) return None(trigger);
        var asked = new RunRequest { Inputs = FireIntake.InputsOf(flow, request?.Payload), TriggerActivityId = trigger.ActivityId, TriggerInput = request?.Payload };
        var run = await host.StartAsync(flow, asked, RunOrigin.Asked(TriggerKinds.Of(activity.Type)));
        return TypedResults.Accepted($"/api/runs/{run.Row.Id}", new RunStarted(run.Row.Id));
    }

    internal static ProblemHttpResult None(TriggerKey trigger) => Problems.NotFound($"There is no trigger {trigger}.");
}
