using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Flows.Hub.Web;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Provenance.Lineage;

/// <summary>Takes OpenLineage events (spec 2-0-2) of other programs, as they come; the same one twice is kept once.</summary>
internal sealed class LineageIntake(IDbContextFactory<FlowsDb> databases, TimeProvider time)
{
    private const int Longest = 1024 * 1024;
    private static readonly string[] Types = ["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"];

    /// <returns>201 for a new event, 200 for one that is known.</returns>
    /// <exception cref="RequestFault">Everything that is wrong with the event, in one sentence each.</exception>
    public async Task<IResult> TakeAsync(HttpRequest request, CancellationToken cancellation)
    {
        var body = await LimitedBody.ReadAsync(request, Longest, cancellation);
        if (JsonNode.Parse(body) is not JsonObject told) throw new RequestFault("An OpenLineage event is a JSON object.");
        if (Wrong(told) is { Count: > 0 } wrong) throw new RequestFault(string.Join(' ', wrong));
        var row = Row(told);
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (await db.Set<LineageEventRow>().AnyAsync(known => known.ProjectId == row.ProjectId && known.Digest == row.Digest, cancellation)) return TypedResults.Ok();
        db.Add(row);
        try { await db.SaveChangesAsync(cancellation); }
        // Sent twice at this very moment.
        catch (DbUpdateException) when (!cancellation.IsCancellationRequested) { return TypedResults.Ok(); }
        return TypedResults.StatusCode(StatusCodes.Status201Created);
    }

    /// <summary>The events of a project, newest first.</summary>
    public async Task<JsonArray> ListAsync(string? job, int limit, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var project = Sight.Current.ProjectId;
        var rows = await db.Set<LineageEventRow>().AsNoTracking().Where(row => row.ProjectId == project && (job == null || row.Job == job)).OrderByDescending(row => row.Seq).Take(limit).Select(row => row.Json).ToListAsync(cancellation);
        return new JsonArray([.. rows.Select(json => JsonNode.Parse(json))]);
    }

    private LineageEventRow Row(JsonObject told) => new()
    {
        Digest = RunStore.Digest(told.ToJsonString(ContractJson.Options)),
        Type = told["eventType"]?.ToString() ?? "",
        RunId = told["run"]?["runId"]?.ToString() ?? "",
        Job = told["job"] is { } job ? $"{job["namespace"]} {job["name"]}" : "",
        At = DateTimeOffset.Parse(told["eventTime"]!.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
        ReceivedAt = time.GetUtcNow(),
        Json = told.ToJsonString(ContractJson.Options),
    };

    // What the schema demands of a run's, a job's and a data set's event.
    private static List<string> Wrong(JsonObject told)
    {
        var wrong = new List<string>();
        if (told["eventTime"] is not JsonValue time || !DateTimeOffset.TryParse(time.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _)) wrong.Add("'eventTime' is missing, or no time as 2026-01-31T12:00:00Z.");
        foreach (var address in new[] { "producer", "schemaURL" }) if (!Uri.TryCreate(Text(told[address]), UriKind.Absolute, out _)) wrong.Add($"'{address}' is missing, or no address.");
        if (told["run"] is null && told["job"] is null && told["dataset"] is null) wrong.Add("The event is about nothing: 'run' with 'job', 'job' or 'dataset' is missing.");
        if (told["eventType"] is { } type && !Types.Contains(Text(type))) wrong.Add($"'eventType' is one of {string.Join(", ", Types)}.");
        if (told["run"] is { } run && (run is not JsonObject || !Guid.TryParse(Text(run["runId"]), out _))) wrong.Add("'run.runId' is missing, or no UUID.");
        if (told["run"] is not null && told["job"] is null) wrong.Add("'job' is missing beside 'run'.");
        foreach (var named in new[] { "job", "dataset" }) if (told[named] is { } thing) AddNames(wrong, named, thing);
        foreach (var list in new[] { "inputs", "outputs" })
        {
            if (told[list] is null) continue;
            if (told[list] is not JsonArray sets) wrong.Add($"'{list}' is no array.");
            else for (var i = 0; i < sets.Count; i++) AddNames(wrong, $"{list}[{i}]", sets[i]);
        }
        return wrong;
    }

    private static void AddNames(List<string> wrong, string where, JsonNode? thing)
    {
        if (thing is not JsonObject named || Text(named["namespace"]).Length == 0 || Text(named["name"]).Length == 0) wrong.Add($"'{where}' needs 'namespace' and 'name'.");
    }

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";
}
