using Flows.Contract.Activities;
using Flows.Contract.Provenance;
using Flows.Contract.Runs;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Flows.Hub.Web;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Reproductions;

/// <summary>Starts runs that make others again, for whoever asks.</summary>
public sealed class ReproductionDesk(RunStore store, VerdictBook verdicts, IDbContextFactory<FlowsDb> databases, IServiceProvider services) : IReproductions
{
    /// <summary>What such a run's trigger is called.</summary>
    public const string Trigger = "reproduce";

    // It starts runs, and runs have steps that ask here.
    private RunHost Host => services.GetRequiredService<RunHost>();

    /// <exception cref="RequestFault">Every mistake of the request.</exception>
    public async Task<LiveRun> StartAsync(string runId, Reproduction how, CancellationToken cancellation)
    {
        Demand(how);
        var before = await OverAsync(runId, cancellation);
        Host.DemandRoom();
        return await Host.MakeAgainAsync(before, await store.DefinitionAsync(before.DefinitionDigest), how with { RunId = runId }, RunOrigin.Asked(Trigger));
    }

    /// <summary>Waits for a reproduction's end.</summary>
    public async Task<RunVerdict?> VerdictAsync(string reproductionId, CancellationToken cancellation)
    {
        await Host.EndOfAsync(reproductionId, cancellation);
        return await verdicts.FindAsync(reproductionId, cancellation);
    }

    public async Task<RunVerdict> ReproduceAsync(string? flow, string? runId, Reproduction how, CancellationToken cancellation = default)
    {
        try
        {
            var run = await StartAsync(runId ?? await NewestAsync(flow, cancellation), how, cancellation);
            return await VerdictAsync(run.Row.Id, cancellation) ?? throw new ActivityFault($"No verdict could be given on run {run.Row.Id}: see the server's log.");
        }
        catch (RequestFault mistake) { throw new ActivityFault(mistake.Message, mistake); }
    }

    private async Task<string> NewestAsync(string? flow, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Set<RunRow>().Where(row => row.DefinitionId == flow && row.SubStatus == RunSubStatus.Finished && row.Trigger != Trigger && !row.Trigger.StartsWith(RunRecord.SyncTrigger)).OrderByDescending(row => row.Id).Select(row => row.Id).FirstOrDefaultAsync(cancellation)
            ?? throw new RequestFault($"The flow '{flow}' has no finished run to make again.");
    }

    private static void Demand(Reproduction how)
    {
        var wrong = new List<string>();
        if (how.Current.Except(Reproduction.Parts).ToList() is { Count: > 0 } unknown) wrong.Add($"'current' may name {string.Join(", ", Reproduction.Parts)}, not '{string.Join("', '", unknown)}'.");
        if (how.Seed is < 0 or > int.MaxValue) wrong.Add($"'seed' is a number from 0 to {int.MaxValue}, not {how.Seed}.");
        if (!(how.Tolerance is >= 0 and <= 1)) wrong.Add("'tolerance' is a share from 0 to 1.");
        if (wrong.Count > 0) throw new RequestFault(string.Join(' ', wrong), StatusCodes.Status422UnprocessableEntity);
    }

    private async Task<RunRow> OverAsync(string runId, CancellationToken cancellation)
    {
        // Its record says that it is over a moment before that is written down.
        if (Host.Find(runId) is { } ending && ending.Summary().Status == RunStatus.Finished) await ending.Finished.WaitAsync(cancellation);
        var row = await store.FindAsync(runId, cancellation) ?? throw new RequestFault($"There is no run '{runId}'.", StatusCodes.Status404NotFound);
        if (row.Status != RunStatus.Finished) throw new RequestFault("The run is still under way: only one that is over can be made again.", StatusCodes.Status409Conflict);
        return services.GetRequiredService<IJournal>().Read(runId).Count > 0 ? row : throw new RequestFault("The run was carried out elsewhere: only the server that has its journal can make it again.", StatusCodes.Status409Conflict);
    }
}
