using Flows.Contract.Backfills;
using Flows.Hub.Flows;
using Flows.Hub.Runs;
using Flows.Hub.Starts;
using Flows.Hub.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Flows.Hub.Backfills;

internal static class BackfillEndpoints
{
    public static async Task<Accepted<Backfill>> StartAsync(BackfillRequest request, IFlowLookup flows, BackfillBook book, StartOnce starts, BackfillLoop rounds, CancellationToken cancellation)
    {
        var plan = BackfillPlan.Of(request);
        if (plan.Problems.Count > 0) throw new RequestFault(string.Join(' ', plan.Problems));
        var flow = await flows.RunnableAsync(request.Flow, draft: false, cancellation) ?? throw new RequestFault($"There is no published flow '{request.Flow}'.", StatusCodes.Status404NotFound);
        var given = (request.Inputs?.Select(input => input.Key) ?? []).Concat(request.Matrix?.Keys ?? []).Prepend(request.Input);
        var unknown = given.Where(name => flow.Inputs.All(input => !string.Equals(input.Name, name, StringComparison.OrdinalIgnoreCase))).ToList();
        if (unknown.Count > 0) throw new RequestFault($"The flow has no input {string.Join(", ", unknown.Select(name => $"'{name}'"))}; it has {Listed([.. flow.Inputs.Select(input => input.Name)])}.");
        var backfill = await book.AddAsync(request, plan, starts.NewId(), RunOrigin.Asked());
        rounds.Wake();
        return TypedResults.Accepted($"/api/backfills/{backfill.Id}", backfill);
    }

    public static async Task<Ok<IReadOnlyList<Backfill>>> ListAsync(BackfillBook book, CancellationToken cancellation) => TypedResults.Ok(await book.ListAsync(cancellation));

    public static async Task<Results<Ok<Backfill>, ProblemHttpResult>> FindAsync(string id, BackfillBook book, CancellationToken cancellation) =>
        await book.FindAsync(id, cancellation) is { } found ? TypedResults.Ok(found) : None(id);

    public static async Task<ContentHttpResult> StatesAsync(string id, BackfillBook book, CancellationToken cancellation) => TypedResults.Text(await book.StatesAsync(id, cancellation));

    public static async Task<Ok<IReadOnlyList<BackfillCell>>> CellsAsync(string id, CellState? state, int? partition, int? variant, BackfillBook book, CancellationToken cancellation) =>
        TypedResults.Ok(await book.CellsAsync(id, state, partition, variant, cancellation));

    public static async Task<Results<Ok<Backfill>, ProblemHttpResult>> CancelAsync(string id, BackfillBook book, BackfillLoop rounds, CancellationToken cancellation)
    {
        await book.CancelAsync(id);
        rounds.Wake();
        return await FindAsync(id, book, cancellation);
    }

    /// <summary>What faulted or was cancelled is run once more.</summary>
    public static async Task<Results<Ok<Backfill>, ProblemHttpResult>> AgainAsync(string id, BackfillBook book, BackfillLoop rounds, CancellationToken cancellation)
    {
        if (await book.FindAsync(id, cancellation) is not null && await book.AgainAsync(id) == 0) throw new RequestFault("No run of it faulted or was cancelled.", StatusCodes.Status409Conflict);
        rounds.Wake();
        return await FindAsync(id, book, cancellation);
    }

    private static ProblemHttpResult None(string id) => Problems.NotFound($"There is no backfill '{id}'.");

    private static string Listed(IReadOnlyList<string> names) => names.Count == 0 ? "none" : string.Join(", ", names);
}
