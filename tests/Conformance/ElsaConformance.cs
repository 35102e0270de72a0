using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Tests.Engine;

namespace Flows.Tests.Conformance;

/// <summary>Runs do what the real Elsa 3.8 engine did: status, lines, output, incidents and the journal in exact order.</summary>
public sealed class ElsaConformance
{
    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(ElsaCases.Random), MemberType = typeof(ElsaCases))]
    public async Task Random_flowcharts_run_as_in_Elsa(string id, string mode)
    {
        var flow = ElsaCases.RandomFlow(id);

        await AssertSameAsync(MemoryRun.Of(flow), null, mode, ElsaCases.ExpectedRandom(id, mode));
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(ElsaCases.Listed), MemberType = typeof(ElsaCases))]
    public async Task Flows_of_Elsas_own_tests_run_as_in_Elsa(string id, string mode)
    {
        var one = ElsaCases.Case(id);
        var files = ElsaCases.Files(one);

        await AssertSameAsync(MemoryRun.Of(files[one.Int("run")!.Value], files), one["input"] as JsonObject, mode, ElsaCases.Expected(id, mode));
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(ElsaCases.Indexed), MemberType = typeof(ElsaCases))]
    public async Task Elsas_own_assertions_hold(string id)
    {
        var one = ElsaCases.Case(id);
        var files = ElsaCases.Files(one);
        var run = await MemoryRun.Of(files[one.Int("run")!.Value], files).BeginAsync((JsonObject?)one["input"]?.DeepClone(), one.Text("mode"));
        await run.ResumeAllAsync();
        var record = run.State.ToRecord();
        var expected = one["expected"]!.AsObject();

        if (expected.Text("status") is { } status) Assert.Equal(status, record.Status.ToString());
        if (expected.Text("subStatus") is { } subStatus) Assert.Equal(subStatus, record.SubStatus.ToString());
        if (expected["lines"] is not null) Assert.Equal(expected.Texts("lines"), record.Lines);
        foreach (var line in expected.Texts("linesContain")) Assert.Contains(line, record.Lines);
        if (expected["activityStateHasText"] is JsonArray has) Assert.Equal(has.Select(h => h!.GetValue<bool>()), Texts(record));
        foreach (var (activity, count) in expected["completedCount"] as JsonObject ?? [])
        {
            Assert.Equal(count!.GetValue<int>(), run.JournalLines.Count(line => line == $"{activity}:Completed"));
        }
    }

    private static IEnumerable<bool> Texts(RunRecord record) =>
        record.Steps.Where(step => step.ActivityType == "Elsa.WriteLine").Select(step => step.Inputs?.ContainsKey("text") == true);

    private static async Task AssertSameAsync(MemoryRun run, JsonObject? inputs, string mode, JsonObject expected)
    {
        await run.BeginAsync((JsonObject?)inputs?.DeepClone(), mode);
        var burst = run.State.ToRecord();
        var journal = expected.Texts("journal");
        var resumes = await run.ResumeAllAsync(open => NextIn(journal, run.Journal.Count, open));
        var record = run.State.ToRecord();

        Assert.Equal(journal, run.JournalLines);
        Assert.Equal(expected.Text("status"), record.Status.ToString());
        Assert.Equal(expected.Text("subStatus"), record.SubStatus.ToString());
        Assert.Equal(Lines(expected), record.Lines);
        Assert.Equal(expected.Objects("incidents").Select(i => (i.Text("activityId")!, i.Text("message")!)), record.Incidents.Select(i => (i.ActivityId, i.Message)));
        Assert.True(JsonNode.DeepEquals(expected["output"] ?? new JsonObject(), record.Output), $"output {record.Output.ToJsonString()}");
        Assert.Equal(Text(record), Text(run.Replayed()));
        if (expected.Text("afterFirstBurst") is { } after) Assert.Equal(after, $"{burst.Status}/{burst.SubStatus}");
        // Elsa's count includes bookmarks that were gone by their turn.
        if (expected.Int("resumes") is { } count && !journal.Any(line => line.EndsWith(":Canceled", StringComparison.Ordinal))) Assert.Equal(count, resumes);
    }

    private static string Text(RunRecord record) => JsonSerializer.Serialize(record, ContractJson.Options);

    // Elsa resumes bookmarks that are due together in no certain order: the order it happened to take is followed here.
    private static BookmarkRecord NextIn(IReadOnlyList<string> journal, int at, IReadOnlyList<BookmarkRecord> open) =>
        open.FirstOrDefault(bookmark => at < journal.Count && journal[at] == $"{bookmark.ActivityId}:Resumed") ?? open[0];

    // A WriteLine without text is null in Elsa's log and an empty line here.
    private static IEnumerable<string> Lines(JsonObject expected) => expected["lines"]!.AsArray().Select(line => line.AsText() ?? "");
}
