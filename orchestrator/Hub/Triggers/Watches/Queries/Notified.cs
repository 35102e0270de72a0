using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Npgsql;

namespace Flows.Hub.Triggers.Watches.Queries;

/// <summary>What PostgreSQL's NOTIFY tells. It keeps nothing for those who do not listen: for what must not be lost, watch a query and let the channel wake it.</summary>
internal sealed class Notified(Reach reach, TimeProvider time) : IWatchKind
{
    public string ActivityType => "Flows.Notified";

    public IReadOnlyList<PolicyProblem> ProblemsOf(JsonObject inputs) => QueryChanged.Name().IsMatch(inputs.Text("channel") ?? "")
        ? []
        : [new PolicyProblem("channel", $"must be a name of letters, digits and _, not '{inputs.Text("channel")}'", "Write it as NOTIFY does.")];

    public IWatch Open(WatchedTrigger trigger) => new NotifiedWatch(new WatchedTrigger(trigger.Key, trigger.ProjectId, With(trigger.Inputs), trigger.Since, trigger.Secrets), reach, time);

    private static JsonObject With(JsonObject inputs)
    {
        var copy = (JsonObject)inputs.DeepClone();
        copy["database"] = "postgres";
        return copy;
    }
}

internal sealed class NotifiedWatch(WatchedTrigger trigger, Reach reach, TimeProvider time) : IWatch
{
    private static readonly TimeSpan Often = TimeSpan.FromMinutes(1);

    private readonly ConcurrentQueue<(string Payload, DateTimeOffset At)> _told = [];
    private NpgsqlConnection? _listening;
    private long? _given;

    public async Task<Look> LookAsync(Seen seen, CancellationToken cancellation)
    {
        _listening ??= await (await WatchedDatabase.OfAsync(trigger, reach, cancellation)).ListenAsync(trigger.Inputs.Text("channel")!, payload => _told.Enqueue((payload, time.GetUtcNow())), cancellation);
        // What was given last is written down only when the trigger has moved on.
        if (_given is { } given && seen.Revision != given) _told.TryDequeue(out _);
        _given = null;
        var count = seen.Cursor?.Number("count") ?? 0;
        if (!_told.TryPeek(out var next)) return new Look(new JsonObject { ["count"] = count });
        _given = seen.Revision;
        var payload = new JsonObject { ["channel"] = trigger.Inputs.Text("channel"), ["payload"] = Read(next.Payload) };
        return new Look(new JsonObject { ["count"] = count + 1 }, new Fire($"{seen.Revision} {next.At.UtcTicks}", next.At, payload), IsMore: true);
    }

    public async Task WaitAsync(CancellationToken cancellation)
    {
        try { await _listening!.WaitAsync(Often, cancellation); }
        catch (Exception broken) when (broken is NpgsqlException or IOException) { throw new WatchFault($"The database is not heard any more: {broken.Message}", broken); }
    }

    public async ValueTask DisposeAsync()
    {
        if (_listening is not null) await _listening.DisposeAsync();
    }

    private static JsonNode? Read(string payload)
    {
        try { return payload.TrimStart() is ['{' or '[', ..] ? JsonNode.Parse(payload) : payload; }
        catch (JsonException) { return payload; }
    }
}
