using System.Text.Json;
using System.Text.RegularExpressions;
using Flows.Contract;
using Flows.Contract.Artifacts;
using Flows.Contract.Checks;
using Flows.Contract.Definitions;
using Flows.Contract.Models;
using Flows.Contract.Runs;
using Flows.Hub.Artifacts;
using Flows.Hub.DataSets;
using Flows.Hub.Models;
using Flows.Hub.Runs;
using Flows.Hub.Storage;
using Flows.Hub.Web;

namespace Flows.Hub.Sync;

/// <summary>Takes runs in that were carried out elsewhere. The same one again changes nothing, or brings it up to date.</summary>
public sealed partial class RecordedRuns(RunStore runs, ArtifactStore artifacts, DataSetRegistry dataSets, ModelRegistry models)
{
    /// <exception cref="RequestFault">Every mistake of it; the id belongs to another run; files that it names are not there.</exception>
    public async Task<RecordedTaken> TakeAsync(string id, RecordedRun run, CancellationToken cancellation)
    {
        if (Problems(id, run) is { Count: > 0 } problems) throw Refusal(problems);
        if (await MissingAsync(run, cancellation) is { Count: > 0 } missing) throw Refusal(missing);
        var isNew = await runs.KeepRecordedAsync(Row(run), FlowFile.ReadOne(run.Definition!.ToJsonString(ContractJson.Options)))
            ?? throw new RequestFault($"The id {id} belongs to another run.", StatusCodes.Status409Conflict);
        var origin = Origin.Asked with { RunId = id, StepId = id + ".1" };
        foreach (var data in run.DataSets) await dataSets.RegisterAsync(data, origin);
        return new RecordedTaken(id, isNew) { Models = await PublishAsync(run, origin, cancellation) };
    }

    private async Task<IReadOnlyList<string>> PublishAsync(RecordedRun run, Origin origin, CancellationToken cancellation)
    {
        if (run.Publish is not { } publish) return [];
        var figures = run.Record!.Steps.SelectMany(step => step.Metrics ?? new Dictionary<string, double>()).Where(metric => double.IsFinite(metric.Value)).DistinctBy(metric => metric.Key).ToDictionary();
        var made = new List<string>();
        foreach (var model in run.Models)
        {
            var version = await models.RegisterAsync(model with { Description = publish.Message, Metrics = figures, Aliases = [] }, origin, cancellation);
            made.Add($"{version.Name} {version.Version}");
        }
        return made;
    }

    private static RunRow Row(RecordedRun run)
    {
        var record = run.Record!;
        // Whoever records may die, or not be done: the next time it is known how it ended.
        var isOver = record.Status == RunStatus.Finished;
        var now = record with
        {
            ProjectId = Sight.Current.ProjectId,
            Author = Sight.Current.Author,
            Trigger = $"{RunRecord.SyncTrigger}{Short(run.User)}@{Short(run.Host)}",
            Status = RunStatus.Finished,
            SubStatus = isOver ? record.SubStatus : RunSubStatus.Interrupted,
            FinishedAt = record.FinishedAt ?? record.Steps.Max(step => step.FinishedAt ?? step.StartedAt) ?? record.CreatedAt,
            Bookmarks = [],
        };
        return new RunRow
        {
            Id = now.Id, DefinitionId = now.DefinitionId, Name = now.Name, Version = now.Version, DefinitionDigest = RunStore.Digest(run.Definition!.ToJsonString(ContractJson.Options)),
            Request = JsonSerializer.Serialize(new RunRequest { Inputs = now.Inputs }, ContractJson.Options), Status = now.Status, SubStatus = now.SubStatus, Trigger = now.Trigger, TokenHash = "",
            ProjectId = now.ProjectId, Author = now.Author, CreatedAt = now.CreatedAt, FinishedAt = now.FinishedAt, Record = JsonSerializer.Serialize(now, ContractJson.Options),
        };
    }

    private static IReadOnlyList<FlowProblem> Problems(string id, RecordedRun run)
    {
        List<FlowProblem> problems = [];
        if (!Id().IsMatch(id)) problems.Add(Problem("bad-id", "id", $"\"{Logs.OneLine.Of(Short(id))}\" is no id of a run.", "An id is 17 digits of its time, a dash and 10 hexadecimal digits."));
        if (run.Record is not { } record) problems.Add(Problem("no-record", "record", "There is no record.", "Give the run's record."));
        else
        {
            if (record.Id != id) problems.Add(Problem("other-id", "record", "The record is another run's.", "Send a run under its own id."));
            if (record.Steps.Any(step => !step.StepId.StartsWith(id + ".", StringComparison.Ordinal))) problems.Add(Problem("bad-step", "record.steps", "A step is another run's.", "A step's id is its run's, a dot and a number."));
            if (run.Definition is not null && (string?)run.Definition["definitionId"] != record.DefinitionId) problems.Add(Problem("other-flow", "definition", "The definition is not the one that the record names.", "Send the flow that the run ran."));
        }
        if (run.Definition?["root"] is not System.Text.Json.Nodes.JsonObject) problems.Add(Problem("no-definition", "definition", "There is no definition with a root activity.", "Send the flow that the run ran."));
        return problems;
    }

    // A run that is there has all that it names.
    private async Task<IReadOnlyList<FlowProblem>> MissingAsync(RecordedRun run, CancellationToken cancellation)
    {
        List<FlowProblem> problems = [];
        foreach (var sha256 in NamedArtifacts.Of(JsonSerializer.SerializeToNode(run, ContractJson.Options)))
        {
            if (!ArtifactDigest.IsDigest(sha256) || !await artifacts.HasAsync(sha256, cancellation)) problems.Add(Problem("no-artifact", "record", $"There is no artifact {Logs.OneLine.Of(Short(sha256))}, which the run names.", "Upload its files first."));
        }
        return problems;
    }

    private static string Short(string? text) => text is null or "" ? "unknown" : text.Length <= 80 ? Logs.OneLine.Of(text) : Logs.OneLine.Of(text[..80]);

    private static FlowProblem Problem(string code, string field, string message, string fix) => new(ProblemLevel.Error, code, null, field, message, fix);

    private static RequestFault Refusal(IReadOnlyList<FlowProblem> problems) =>
        new($"{problems[0].Message} {problems[0].Fix}", StatusCodes.Status422UnprocessableEntity) { Problems = problems };

    [GeneratedRegex(@"\A[0-9]{17}-[0-9a-f]{10}\z")]
    private static partial Regex Id();
}
