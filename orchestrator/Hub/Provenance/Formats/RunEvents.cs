using System.Text.Json.Nodes;
using Flows.Contract.Provenance;
using Flows.Contract.Provenance.Graphs;
using Flows.Contract.Runs;
using Flows.Hub.DataSets;
using Flows.Hub.Models;
using Flows.Hub.Provenance.Kinds;
using Flows.Hub.Records;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Provenance.Formats;

/// <summary>
/// Runs as OpenLineage events (spec 2-0-2): for each run one START and, once it is over, one terminal event; its steps are runs of their
/// own below it, which carry the artifacts.
/// </summary>
internal sealed class RunEvents(IDbContextFactory<FlowsDb> databases)
{
    private const string Schema = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent";

    /// <summary>Events of every run on a trace, with those of its steps that are on it.</summary>
    public async Task<JsonArray> OfAsync(Trace trace, CancellationToken cancellation)
    {
        var steps = trace.Nodes.Where(node => node.Kind == TraceKinds.Step).Select(node => node.Id).ToList();
        var runs = trace.Nodes.Where(node => node.Kind == TraceKinds.Run).Select(node => node.Id).Union(steps.Select(BookmarkRow.RunOf)).ToList();
        return await ReadAsync(runs, steps, cancellation);
    }

    /// <summary>Events of a run and all its steps, the one of its start first; none when there is no such run.</summary>
    public Task<JsonArray> OfRunAsync(string run, CancellationToken cancellation) => ReadAsync([run], null, cancellation);

    private async Task<JsonArray> ReadAsync(List<string> runs, List<string>? steps, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = await db.Set<RunRow>().AsNoTracking().Where(row => runs.Contains(row.Id)).OrderBy(row => row.Id)
            .Select(row => new Told(row.Id, row.ProjectId, row.DefinitionId, row.Name, row.Author, row.SubStatus, row.CreatedAt, row.FinishedAt)).ToListAsync(cancellation);
        var records = (await TracedStep.RecordsAsync(db.Set<AttemptRow>().Where(row => runs.Contains(row.RunId) && (steps == null || steps.Contains(row.StepId))), cancellation)).OrderBy(record => record.StartedAt).ToLookup(record => record.RunId);
        var made = await MadeAsync(db, runs, cancellation);
        return new JsonArray([.. rows.SelectMany(row => EventsOf(row, [.. records[row.Id]], made[row.Id]))]);
    }

    private sealed record Told(string Id, string ProjectId, string Flow, string Name, string Author, RunSubStatus Status, DateTimeOffset Began, DateTimeOffset? Ended)
    {
        public string Space => LineageIds.SpaceOf(ProjectId);
    }

    private sealed record Made(string RunId, string StepId, JsonObject DataSet);

    // Versions of data sets and models that the runs' steps registered.
    private static async Task<ILookup<string, Made>> MadeAsync(FlowsDb db, List<string> runs, CancellationToken cancellation)
    {
        var sets = await db.Set<DataSetVersionRow>().AsNoTracking().Where(row => runs.Contains(row.RunId!)).ToListAsync(cancellation);
        var models = await db.Set<ModelVersionRow>().AsNoTracking().Where(row => runs.Contains(row.RunId!)).ToListAsync(cancellation);
        return sets.Select(row => new Made(row.RunId!, row.StepId ?? "", WithSchema(row)))
            .Concat(models.Select(row => new Made(row.RunId!, row.StepId ?? "", LineageIds.Model(row.ProjectId, row.Name, row.Version)))).ToLookup(made => made.RunId);
    }

    private static JsonObject WithSchema(DataSetVersionRow row)
    {
        var (set, data) = (LineageIds.DataSet(row.ProjectId, row.Name, row.Version), Contract.Artifacts.Artifact.From(JsonNode.Parse(row.Artifact))!);
        if (data.Columns is { } columns) set["facets"]!["schema"] = Facets.Schema(columns);
        set["outputFacets"] = new JsonObject { ["outputStatistics"] = Facets.Output(data.Rows, data.Size) };
        return set;
    }

    private static IEnumerable<JsonNode> EventsOf(Told run, List<AttemptRecord> records, IEnumerable<Made> made)
    {
        var (outputs, program) = (made.ToList(), records.Select(record => record.Facts?.Program).OfType<string>().FirstOrDefault());
        var inputs = records.SelectMany(record => FilesOf(run, record)).DistinctBy(input => $"{input["namespace"]} {input["name"]}").ToList();
        yield return Event("START", run.Began, RunOf(run, program, null), JobOf(run), inputs, []);
        foreach (var told in records.SelectMany(record => EventsOf(run, record, outputs, program))) yield return told;
        if (run.Ended is { } end) yield return Event(TerminalOf(run.Status), end, RunOf(run, program, end), JobOf(run), inputs, [.. outputs.Select(output => output.DataSet)]);
    }

    private static IEnumerable<JsonNode> EventsOf(Told run, AttemptRecord record, List<Made> made, string? program)
    {
        var inputs = record.Inputs.Select(input => WithInput(LineageIds.Artifact(run.ProjectId, input), input.Size)).Concat(FilesOf(run, record)).ToList();
        List<JsonObject> outputs = [.. record.Outputs.Select(output => WithOutput(LineageIds.Artifact(run.ProjectId, output), output.Size)), .. made.Where(one => one.StepId == record.StepId).Select(one => one.DataSet)];
        yield return Event("START", record.StartedAt ?? run.Began, RunOf(run, record, program), JobOf(run, record), inputs, []);
        if (record.FinishedAt is { } end) yield return Event(record.Fault is null ? "COMPLETE" : "FAIL", end, RunOf(run, record, program), JobOf(run, record), inputs, outputs);
    }

    private static JsonObject Event(string type, DateTimeOffset at, JsonObject run, JsonObject job, IReadOnlyList<JsonObject> inputs, IReadOnlyList<JsonObject> outputs) => new()
    {
        ["eventType"] = type,
        ["eventTime"] = Facets.Time(at),
        ["run"] = run,
        ["job"] = job,
        ["inputs"] = new JsonArray([.. inputs.Select(input => input.DeepClone())]),
        ["outputs"] = new JsonArray([.. outputs.Select(output => output.DeepClone())]),
        ["producer"] = Facets.Producer,
        ["schemaURL"] = Schema,
    };

    private static JsonObject RunOf(Told run, string? program, DateTimeOffset? end) => new()
    {
        ["runId"] = LineageIds.Uuid(run.Id),
        ["facets"] = new JsonObject { ["processing_engine"] = Facets.Engine(program), ["nominalTime"] = Facets.Nominal(run.Began, end) },
    };

    private static JsonObject RunOf(Told run, AttemptRecord record, string? program)
    {
        var facets = new JsonObject { ["processing_engine"] = Facets.Engine(program), ["parent"] = Facets.Parent(LineageIds.Uuid(run.Id), run.Space, run.Flow) };
        if (record.Parameters.Count > 0) facets["executionParameters"] = Facets.Parameters(record.Parameters);
        if (record.Fault is { } fault) facets["errorMessage"] = Facets.Error(fault, record.Environment?.Kind == "python" ? "PYTHON" : "CSHARP");
        return new JsonObject { ["runId"] = LineageIds.Uuid(record.StepId), ["facets"] = facets };
    }

    private static JsonObject JobOf(Told run) => new()
    {
        ["namespace"] = run.Space,
        ["name"] = run.Flow,
        ["facets"] = new JsonObject { ["jobType"] = Facets.JobType("FLOW"), ["ownership"] = Facets.Owner(run.Author), ["documentation"] = Facets.Documentation(run.Name) },
    };

    private static JsonObject JobOf(Told run, AttemptRecord record)
    {
        var facets = new JsonObject { ["jobType"] = Facets.JobType("STEP") };
        if (record.Facts?.Code?.Git is { Remote: { } remote } git && Uri.IsWellFormedUriString(remote, UriKind.Absolute)) facets["sourceCodeLocation"] = Facets.Code(remote, git.Path, git.Commit, git.Branch);
        return new JsonObject { ["namespace"] = run.Space, ["name"] = $"{run.Flow}.{record.ActivityId}", ["facets"] = facets };
    }

    private static IEnumerable<JsonObject> FilesOf(Told run, AttemptRecord record) => (record.Facts?.Files ?? []).Select(file => WithInput(LineageIds.File(run.ProjectId, file), file.Size));

    private static JsonObject WithInput(JsonObject set, long size)
    {
        set["inputFacets"] = new JsonObject { ["inputStatistics"] = Facets.Input(null, size) };
        return set;
    }

    private static JsonObject WithOutput(JsonObject set, long size)
    {
        set["outputFacets"] = new JsonObject { ["outputStatistics"] = Facets.Output(null, size) };
        return set;
    }

    private static string TerminalOf(RunSubStatus status) => status switch { RunSubStatus.Finished => "COMPLETE", RunSubStatus.Cancelled => "ABORT", _ => "FAIL" };
}
