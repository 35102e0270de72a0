using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Hub.Runs;
using Npgsql;

namespace Flows.Hub.Triggers.Watches.Queries;

internal sealed class QueryWatch(WatchedTrigger trigger, Reach reach, TimeProvider time) : IWatch
{
    private readonly string _query = (trigger.Inputs.Text("query") ?? "").Trim().TrimEnd(';');
    private readonly string? _column = trigger.Inputs.Text("watermark") is { Length: > 0 } column ? column : null;
    private readonly string? _channel = trigger.Inputs.Text("channel") is { Length: > 0 } channel ? channel : null;
    private readonly TimeSpan _poll = WatchFields.Duration(trigger.Inputs, "pollSeconds", 60);
    private NpgsqlConnection? _listening;

    public async Task<Look> LookAsync(Seen seen, CancellationToken cancellation)
    {
        var database = await WatchedDatabase.OfAsync(trigger, reach, cancellation);
        if (_channel is not null) _listening ??= await database.ListenAsync(_channel, _ => { }, cancellation);
        return _column is null ? await ResultAsync(database, seen, cancellation) : await BeyondAsync(database, _column, seen, cancellation);
    }

    public async Task WaitAsync(CancellationToken cancellation)
    {
        if (_listening is null)
        {
            await Task.Delay(_poll, time, cancellation);
            return;
        }
        try { await _listening.WaitAsync(_poll, cancellation); }
        catch (Exception broken) when (broken is NpgsqlException or IOException) { throw new WatchFault($"The database is not heard any more: {broken.Message}", broken); }
    }

    public async ValueTask DisposeAsync()
    {
        if (_listening is not null) await _listening.DisposeAsync();
    }

    private async Task<Look> ResultAsync(WatchedDatabase database, Seen seen, CancellationToken cancellation)
    {
        var rows = await database.ReadAsync(_query, null, Listing.MostListed, cancellation);
        var digest = RunStore.Digest(rows.ToJsonString(ContractJson.Options));
        var cursor = new JsonObject { ["digest"] = digest };
        return seen.Cursor?.Text("digest") is not { } before || before == digest ? new Look(cursor) : new Look(cursor, FireOf($"{seen.Revision} {digest[..32]}", rows));
    }

    private async Task<Look> BeyondAsync(WatchedDatabase database, string column, Seen seen, CancellationToken cancellation)
    {
        if (seen.Cursor is null || !seen.Cursor.ContainsKey("watermark")) return new Look(new JsonObject { ["watermark"] = await HighestAsync(database, column, cancellation) });
        var watermark = seen.Cursor["watermark"];
        var rows = await database.ReadAsync($"SELECT * FROM ({_query}) AS watched WHERE {(watermark is null ? "" : $"\"{column}\" > @watermark AND ")}\"{column}\" IS NOT NULL ORDER BY \"{column}\"", watermark, Listing.MostListed, cancellation);
        if (rows.Count == 0) return new Look((JsonObject)seen.Cursor.DeepClone());
        var reached = rows[^1]![column]?.DeepClone();
        var fire = FireOf($"{seen.Revision} {RunStore.Digest(rows.ToJsonString(ContractJson.Options))[..32]}", rows);
        return new Look(new JsonObject { ["watermark"] = reached }, fire, IsMore: rows.Count == Listing.MostListed);
    }

    private async Task<JsonNode?> HighestAsync(WatchedDatabase database, string column, CancellationToken cancellation)
    {
        var rows = await database.ReadAsync($"SELECT max(\"{column}\") AS highest FROM ({_query}) AS watched", null, 1, cancellation);
        return (rows.FirstOrDefault() as JsonObject)?["highest"]?.DeepClone();
    }

    private Fire FireOf(string key, JsonArray rows) => new(key, time.GetUtcNow(), new JsonObject { ["count"] = rows.Count, ["row"] = rows.FirstOrDefault()?.DeepClone(), ["rows"] = rows });
}
