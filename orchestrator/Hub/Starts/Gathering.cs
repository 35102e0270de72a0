using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Contract.Starts;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Starts;

/// <summary>Takes in requests to start a flow; those of one window become one run.</summary>
public sealed class Gathering(RunStore store, IDbContextFactory<FlowsDb> databases, StartOnce starts, TimeProvider time)
{
    /// <summary>Most requests whose inputs one run gets; of more it gets the newest.</summary>
    public const int MostInputs = 1000;

    /// <summary>Whoever claims a start and is not done after this has died.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>A request came: written down when this returns.</summary>
    public async Task<GatheredStart> AddAsync(FlowDefinition flow, DebouncePolicy policy, RunRequest request, RunOrigin origin)
    {
        GatheredStart? answer = null;
        await store.WriteAsync(db =>
        {
            answer = Add(db, flow.DefinitionId, policy, policy.WindowOf(request.Inputs), request, origin);
            db.ChangeTracker.Clear();
        });
        return answer!;
    }

    /// <summary>The same as part of a transaction.</summary>
    internal GatheredStart Add(FlowsDb db, string definitionId, DebouncePolicy policy, string window, RunRequest request, RunOrigin origin)
    {
        var now = time.GetUtcNow();
        Hold(db, origin.ProjectId, definitionId);
        var row = db.Set<GatheredRow>().FirstOrDefault(row => row.ProjectId == origin.ProjectId && row.DefinitionId == definitionId && row.Window == window && row.ClaimedAt == null)
            ?? db.Add(new GatheredRow { RunId = starts.NewId(), DefinitionId = definitionId, Window = window, FirstAt = now, Request = "", ProjectId = origin.ProjectId, Author = origin.Author }).Entity;
        row.Requests++;
        row.Request = JsonSerializer.Serialize(request, ContractJson.Options);
        row.DueAt = policy.Due(row.FirstAt, now);
        if (policy.GathersAll) row.All = With(row.All, request.Inputs);
        db.SaveChanges();
        return new GatheredStart(row.RunId, row.DueAt, row.Requests);
    }

    /// <summary>Starts what is due, and what somebody claimed and did not start.</summary>
    public async Task StartDueAsync(Action<string> failed, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var now = time.GetUtcNow();
        var left = now - Patience;
        var due = await db.Set<GatheredRow>().AsNoTracking().Where(row => row.ClaimedAt == null && row.DueAt <= now || row.ClaimedAt < left).OrderBy(row => row.DueAt).Take(100).ToListAsync(cancellation);
        foreach (var row in due)
        {
            if (await ClaimAsync(row, now, left) is not { } claimed) continue;
            await StartAsync(claimed, failed, cancellation);
            await db.Set<GatheredRow>().Where(one => one.RunId == row.RunId).ExecuteDeleteAsync(cancellation);
        }
    }

    // As it is when it is claimed: what was gathered after it was read counts too.
    private async Task<GatheredRow?> ClaimAsync(GatheredRow row, DateTimeOffset now, DateTimeOffset left)
    {
        GatheredRow? claimed = null;
        await store.WriteAsync(db =>
        {
            Hold(db, row.ProjectId, row.DefinitionId);
            var won = db.Set<GatheredRow>().Where(one => one.RunId == row.RunId && (one.ClaimedAt == null && one.DueAt <= now || one.ClaimedAt < left || one.ClaimedAt == now))
                .ExecuteUpdate(set => set.SetProperty(one => one.ClaimedAt, now)) == 1;
            claimed = won ? db.Set<GatheredRow>().AsNoTracking().Single(one => one.RunId == row.RunId) : null;
        });
        return claimed;
    }

    private async Task StartAsync(GatheredRow row, Action<string> failed, CancellationToken cancellation)
    {
        var request = JsonSerializer.Deserialize<RunRequest>(row.Request, ContractJson.Options)!;
        if (row.All is { } all)
        {
            var inputs = (JsonObject?)request.Inputs?.DeepClone() ?? [];
            inputs["requests"] = JsonNode.Parse(all);
            request = request with { Inputs = inputs };
        }
        if (await starts.StartAsync(row.DefinitionId, request, new RunOrigin(row.ProjectId, row.Author, "debounce") { RunId = row.RunId }, cancellation) is { } why)
            failed($"The gathered run {row.RunId} of '{row.DefinitionId}' cannot start: {why}");
    }

    // Two orchestrators must not both begin a window of a flow.
    private static void Hold(FlowsDb db, string project, string flow)
    {
        if (db.IsShared) db.Database.ExecuteSql($"SELECT pg_advisory_xact_lock(hashtextextended({"gather/" + project + "/" + flow}, 0))");
    }

    private static string With(string? all, JsonObject? inputs)
    {
        var list = all is null ? [] : (JsonArray)JsonNode.Parse(all)!;
        list.Add(inputs?.DeepClone() ?? new JsonObject());
        while (list.Count > MostInputs) list.RemoveAt(0);
        return list.ToJsonString(ContractJson.Options);
    }
}
