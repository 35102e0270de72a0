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
        var isNew = await databases.InTransactionAsync(db => KeepAsync(db, row, Uses(told, row), cancellation), cancellation);
        return isNew ? TypedResults.StatusCode(StatusCodes.Status201Created) : TypedResults.Ok();
    }

    // In statements that may meet themselves: the same event may come twice at one moment.
    private static async Task<bool> KeepAsync(FlowsDb db, LineageEventRow row, IReadOnlyList<LineageUseRow> uses, CancellationToken cancellation)
    {
        var kept = await db.Database.ExecuteSqlAsync($"""
            INSERT INTO lineage_events ("Digest", "Type", "RunId", "Job", "At", "ReceivedAt", "Json", "ProjectId", "Author")
            VALUES ({row.Digest}, {row.Type}, {row.RunId}, {row.Job}, {row.At.UtcTicks}, {row.ReceivedAt.UtcTicks}, {row.Json}, {row.ProjectId}, {row.Author}) ON CONFLICT DO NOTHING
            """, cancellation);
        if (kept == 0) return false;
        foreach (var use in uses)
        {
            await db.Database.ExecuteSqlAsync($"""
                INSERT INTO lineage_uses ("Data", "Run", "IsOutput", "Version", "At", "ProjectId", "Author")
                VALUES ({use.Data}, {use.Run}, {use.IsOutput}, {use.Version}, {use.At.UtcTicks}, {use.ProjectId}, {use.Author})
                ON CONFLICT ("ProjectId", "Data", "Run", "IsOutput") DO UPDATE SET "Version" = COALESCE(excluded."Version", lineage_uses."Version"), "At" = excluded."At"
                """, cancellation);
        }
        return true;
    }

    private static IReadOnlyList<LineageUseRow> Uses(JsonObject told, LineageEventRow row) =>
    [
        .. ((string[])["inputs", "outputs"]).SelectMany(list => (told[list] as JsonArray ?? []).OfType<JsonObject>().Select(data => new LineageUseRow
        {
            Data = $"{data["namespace"]} {data["name"]}",
            Run = row.RunId.Length > 0 ? row.RunId : row.Job,
            IsOutput = list == "outputs",
            Version = (data["facets"] as JsonObject)?["version"] is JsonObject version && Text(version["datasetVersion"]) is var said && IsName(said) ? said : null,
            At = row.At,
        })).DistinctBy(use => (use.Data, use.IsOutput)),
    ];

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
        RunId = Guid.TryParse(Text(told["run"]?["runId"]), out var run) ? run.ToString() : "",
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
        if (thing is not JsonObject named || !IsName(Text(named["namespace"])) || !IsName(Text(named["name"]))) wrong.Add($"'{where}' needs 'namespace' and 'name', of at most 2,000 characters and none of them a control character.");
    }

    private static bool IsName(string text) => text.Length is > 0 and <= 2_000 && !text.Any(char.IsControl);

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";
}
