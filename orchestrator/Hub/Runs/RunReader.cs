using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Engine;
using Flows.Hub.Flows;
using Flows.Hub.Storage;

namespace Flows.Hub.Runs;

/// <summary>Reads runs, live or finished, the same way.</summary>
public sealed class RunReader(RunHost host, Following following, RunStore store, IJournal journal, IFlowLookup flows, ActivityCatalog catalog)
{
    public async Task<RunRecord?> FindAsync(string id, CancellationToken cancellation)
    {
        if (host.Find(id) is { } live) return live.ToRecord();
        if (await store.FindAsync(id, cancellation) is not { } row) return null;
        if (await following.FindAsync(row) is { } followed) return followed.ToRecord();
        return row.Record is { } record ? JsonSerializer.Deserialize<RunRecord>(record, ContractJson.Options) : await InterruptedAsync(row);
    }

    public async Task<bool> IsThereAsync(string id, CancellationToken cancellation) => host.Find(id) is not null || await store.FindAsync(id, cancellation) is not null;

    /// <summary>The run as it can be watched, here or wherever it lives; null when it is over or cannot go on.</summary>
    public async Task<IWatchedRun?> WatchedAsync(string id, CancellationToken cancellation) =>
        host.Find(id) ?? (await store.FindAsync(id, cancellation) is { } row ? await following.FindAsync(row) : (IWatchedRun?)null);

    public async Task<FlowDefinition?> DefinitionAsync(string id, CancellationToken cancellation) =>
        await store.FindAsync(id, cancellation) is { } row ? await store.DefinitionAsync(row.DefinitionDigest) : null;

    /// <summary>Elsa's journal, made by replaying the events.</summary>
    public async Task<IReadOnlyList<JournalEntry>?> JournalAsync(string id, CancellationToken cancellation) =>
        await store.FindAsync(id, cancellation) is { } row ? (await ReplayAsync(row)).Journal : null;

    // Unfinished and without an owner: what its journal says, or why even that cannot be read.
    private async Task<RunRecord> InterruptedAsync(RunRow row)
    {
        try { return As((await ReplayAsync(row)).State.ToRecord(), row); }
        catch (Exception broken) { return As(new RunRecord { Id = row.Id, DefinitionId = row.DefinitionId, Name = row.Name, Version = row.Version, Incidents = [new Incident("", $"The run cannot be taken up: {broken.Message}")] }, row); }
    }

    private static RunRecord As(RunRecord record, RunRow row) => record with
    {
        Status = row.Status,
        SubStatus = row.SubStatus,
        ProjectId = row.ProjectId,
        Author = row.Author,
        Trigger = row.Trigger,
        CreatedAt = row.CreatedAt,
    };

    private async Task<(RunState State, List<JournalEntry> Journal)> ReplayAsync(RunRow row)
    {
        var state = new RunState(row.Id, FlowGraph.Compile(await store.DefinitionAsync(row.DefinitionDigest), (await RunChildren.OfAsync(row, store, flows)).Find, catalog));
        var entries = new List<JournalEntry>();
        foreach (var body in journal.Read(row.Id))
            entries.AddRange(state.Apply(JsonSerializer.Deserialize<RunEvent>(body, ContractJson.Options)!).Journal);
        return (state, entries);
    }
}
