using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Contract.Triggers;
using Flows.Hub.Runs;
using Flows.Hub.Starts;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Triggers;

/// <summary>Writes fires of one trigger down, in a transaction that others of its flow wait for. Done twice it is the same.</summary>
internal sealed class FireIntake(FlowDefinition flow, FlowActivity activity, Gathering gathering, DateTimeOffset now)
{
    private readonly TriggerPolicy _policy = TriggerPolicy.Of(flow, activity);
    private readonly List<TriggerFireRow> _starting = [];

    /// <summary>What is to be started by whoever wrote it.</summary>
    public IReadOnlyList<TriggerFireRow> Starting => _starting;

    public IReadOnlyList<Fired> Take(FlowsDb db, IReadOnlyList<Fire> fires, Advance? advance)
    {
        _starting.Clear();
        Hold(db, flow.DefinitionId);
        var state = db.Set<TriggerStateRow>().FirstOrDefault(row => row.DefinitionId == flow.DefinitionId && row.ActivityId == activity.Id);
        if (state is not { IsOn: true }) return All(fires, new Fired.Void("The flow is not published with this trigger."));
        if (advance is not null && advance.From != state.Revision) return All(fires, new Fired.Void("The trigger was moved on by another one."));
        var keys = fires.Select(fire => fire.Key).ToList();
        var known = db.Set<TriggerFireRow>().AsNoTracking().Where(row => row.DefinitionId == flow.DefinitionId && row.ActivityId == activity.Id && keys.Contains(row.Key)).ToDictionary(row => row.Key, row => row.RunId);
        var fresh = fires.Where(fire => !known.ContainsKey(fire.Key)).DistinctBy(fire => fire.Key).ToList();
        var room = RoomOf(db);
        var dropped = _policy.Debounce is null ? fresh.Count - (int)Math.Min(fresh.Count, room.Free + (long)room.Queue) : 0;
        if (dropped > 0 && advance is not { IsSure: true })
        {
            var full = new Fired.Full($"{_policy.MaxQueued} fires wait already: what comes beyond is refused.");
            Tell(state, full.Why);
            db.SaveChanges();
            db.ChangeTracker.Clear();
            return [.. fires.Select(fire => known.TryGetValue(fire.Key, out var run) ? (Fired)new Fired.Taken(run, false) : full)];
        }
        var taken = fresh.Skip(dropped).Select(fire => Add(db, state, fire, ref room)).ToDictionary(row => row.Key);
        MoveOn(state, advance, [.. taken.Values], dropped);
        db.SaveChanges();
        db.ChangeTracker.Clear();
        return [.. fires.Select(fire => taken.TryGetValue(fire.Key, out var row) ? Outcome(row) : known.TryGetValue(fire.Key, out var run) ? new Fired.Taken(run, false) : new Fired.Full("Too many waited already."))];
    }

    /// <summary>Runs of the trigger that are over make room for fires that wait.</summary>
    public IReadOnlyList<TriggerFireRow> Admit(FlowsDb db)
    {
        _starting.Clear();
        Hold(db, flow.DefinitionId);
        var room = RoomOf(db);
        var waiting = Fires(db).Where(row => row.State == FireState.Waiting).OrderBy(row => row.At).ThenBy(row => row.Key).Take(Math.Max(0, room.Free)).ToList();
        foreach (var row in waiting) row.State = FireState.Starting;
        db.SaveChanges();
        db.ChangeTracker.Clear();
        return waiting;
    }

    internal static void Hold(FlowsDb db, string definitionId)
    {
        if (db.IsShared) db.Database.ExecuteSql($"SELECT pg_advisory_xact_lock(hashtextextended({"triggers/" + definitionId}, 0))");
    }

    /// <param name="Free">Runs that may begin.</param>
    /// <param name="Queue">Fires that may wait.</param>
    private record struct Room(int Free, int Queue, bool IsQueued);

    private Room RoomOf(FlowsDb db)
    {
        var fires = Fires(db);
        fires.Where(row => row.State == FireState.Started && !db.Set<RunRow>().Any(run => run.Id == row.RunId && run.Status == RunStatus.Running)).ExecuteUpdate(set => set.SetProperty(row => row.State, FireState.Over));
        var waiting = fires.Count(row => row.State == FireState.Waiting);
        var active = fires.Count(row => row.State == FireState.Starting || row.State == FireState.Started
            && (_policy.CountsSuspended || db.Set<RunRow>().Any(run => run.Id == row.RunId && run.SubStatus != RunSubStatus.Suspended)));
        return new Room(Math.Max(0, _policy.MaxActive - active), Math.Max(0, _policy.MaxQueued - waiting), waiting > 0);
    }

    private IQueryable<TriggerFireRow> Fires(FlowsDb db) => db.Set<TriggerFireRow>().Where(row => row.DefinitionId == flow.DefinitionId && row.ActivityId == activity.Id);

    private TriggerFireRow Add(FlowsDb db, TriggerStateRow state, Fire fire, ref Room room)
    {
        var request = new RunRequest { Inputs = InputsOf(flow, fire.Payload), CorrelationId = fire.CorrelationId, TriggerActivityId = activity.Id, TriggerInput = fire.Payload?.DeepClone() };
        var isEndless = fire.Depth > RunFamily.MaxDepth;
        var gathered = isEndless || _policy.Debounce is null ? null : gathering.Add(db, flow.DefinitionId, _policy.Debounce, $"{activity.Id}/{_policy.Debounce.WindowOf(request.Inputs)}", request, new RunOrigin(state.ProjectId, state.Author));
        var row = new TriggerFireRow
        {
            DefinitionId = flow.DefinitionId,
            ActivityId = activity.Id,
            Key = fire.Key,
            RunId = gathered?.RunId ?? RunIds.Derived(fire.At, $"{flow.DefinitionId}/{activity.Id}/{fire.Key}"),
            At = fire.At,
            FiredAt = now,
            Kind = TriggerKinds.Of(activity.Type),
            Depth = fire.Depth,
            State = isEndless ? FireState.Refused : gathered is not null ? FireState.Gathered : room is { Free: > 0, IsQueued: false } ? FireState.Starting : FireState.Waiting,
            Request = gathered is null ? JsonSerializer.Serialize(request, ContractJson.Options) : "",
            Error = isEndless ? $"Flows start each other more than {RunFamily.MaxDepth} times in a row; does one start itself?" : null,
            ProjectId = state.ProjectId,
            Author = state.Author,
        };
        if (row.State == FireState.Starting)
        {
            room.Free--;
            _starting.Add(row);
        }
        db.Add(row);
        return row;
    }

    private void MoveOn(TriggerStateRow state, Advance? advance, IReadOnlyList<TriggerFireRow> taken, int dropped)
    {
        if (advance is not null)
        {
            state.Revision++;
            if (Schedules.Has(activity.Type)) state.NextAt = advance.NextAt;
            state.Cursor = advance.Cursor ?? state.Cursor;
        }
        if (taken.Count > 0)
        {
            var last = taken[^1];
            (state.LastFiredAt, state.LastAt, state.LastRunId) = (now, last.At, last.RunId);
            state.Fires += taken.Count;
        }
        Tell(state, dropped > 0 ? $"{dropped} fires were dropped: {_policy.MaxQueued} wait already." : taken.FirstOrDefault(row => row.Error is not null)?.Error ?? advance?.Remark);
    }

    private void Tell(TriggerStateRow state, string? error) => (state.Error, state.ErrorAt) = (error, error is null ? null : now);

    private static Fired Outcome(TriggerFireRow row) => row.State == FireState.Refused ? new Fired.Refused(row.Error!) : new Fired.Taken(row.RunId, true);

    private static IReadOnlyList<Fired> All(IReadOnlyList<Fire> fires, Fired outcome) => [.. fires.Select(_ => outcome)];

    // A field that is named as an input of the flow becomes that input; so does one of a request's body.
    internal static JsonObject? InputsOf(FlowDefinition flow, JsonNode? payload)
    {
        if (payload is not JsonObject fields) return null;
        var all = fields["body"] is JsonObject body ? fields.Concat(body).ToList() : [.. fields];
        var inputs = new JsonObject();
        foreach (var input in flow.Inputs)
        {
            var field = all.FirstOrDefault(field => field.Value is not null && string.Equals(field.Key, input.Name, StringComparison.OrdinalIgnoreCase));
            if (field.Value is not null) inputs[input.Name] = field.Value.DeepClone();
        }
        return inputs.Count == 0 ? null : inputs;
    }
}
