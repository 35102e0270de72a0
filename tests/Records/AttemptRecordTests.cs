using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Artifacts;
using Flows.Contract.Provenance;
using Flows.Contract.Runs;
using Flows.Hub.Records;
using Flows.Hub.Storage;
using Flows.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Records;

/// <summary>What the server records of every attempt of a step.</summary>
public sealed class AttemptRecordTests(SharedHub shared) : IClassFixture<SharedHub>
{
    private readonly TestHub _hub = shared.Hub;

    [Fact]
    public async Task A_step_says_from_what_by_what_and_for_whom_it_was_made()
    {
        var run = await RunAsync("recorded");
        var (load, work) = (Step(run, "load"), Step(run, "work"));

        var source = await RecordAsync(run.Id, load.StepId);
        var script = await RecordAsync(run.Id, work.StepId);

        var raw = Assert.Single(source.Facts!.Files!);
        Assert.Equal(("rows.csv", 8L), (raw.Path, raw.Size));
        Assert.Equal(Digest("a,b\n1,2\n"), raw.Sha256);
        Assert.Equal((source.Outputs[0].Sha256, "rows"), (script.Inputs[0].Sha256, script.Inputs[0].Port));
        Assert.Equal((1, "manual", "local", run.DefinitionId), (script.Attempt, script.Trigger, script.Author, script.DefinitionId));
        Assert.Equal((Environment.MachineName, 7L, 0), (script.Facts!.Host, script.Facts.Seed, script.Facts.ExitCode));
        Assert.StartsWith("flows ", script.Facts.Program);
        Assert.Equal("python", script.Environment!.Kind);
        Assert.True(script.Used!.CpuSeconds > 0 && script.Used.PeakMemory > 0 && script.FinishedAt >= script.StartedAt);
        Assert.Equal("7", script.Parameters["randomSeed"]!.ToString());
        Assert.Equal(script.Facts.Code!.Snapshot.Sha256, work.Facts!.Code!.Snapshot.Sha256);
        Assert.Contains("script.py", await _hub.Http.GetStringAsync($"/api/artifacts/{script.Facts.Code.Snapshot.Sha256}"));
    }

    [Fact]
    public async Task A_digest_leads_to_every_attempt_that_used_it()
    {
        var run = await RunAsync("used");
        var table = (await RecordAsync(run.Id, Step(run, "load").StepId)).Outputs[0].Sha256;
        var records = _hub.Services.GetRequiredService<AttemptRecords>();

        var uses = await records.UsesAsync(table);
        var files = await records.UsesAsync(Digest("a,b\n1,2\n"));

        Assert.Equal([(Step(run, "load").StepId, ArtifactUse.Output, "table"), (Step(run, "work").StepId, ArtifactUse.Input, "rows")],
            uses.Where(use => use.RunId == run.Id).Select(use => (use.StepId, use.Use, use.Name)).OrderBy(use => use.StepId.Length).ThenBy(use => use.StepId, StringComparer.Ordinal));
        Assert.Contains(files, use => use.RunId == run.Id && use is { Use: ArtifactUse.File, Name: "rows.csv" });
    }

    [Fact]
    public async Task Every_attempt_of_a_step_has_its_record_also_those_that_faulted()
    {
        var flaky = Some.Activity("work", "Flows.ShellScript", ("script", Some.Text("echo tried; exit 3")), ("customProperties", JsonNode.Parse("""{"faultPolicy":{"retries":{"count":1}}}""")!));
        await _hub.ImportAsync(Some.Chain("attempts", flaky));

        var run = await _hub.RunAsync("attempts");

        var all = (await _hub.Http.GetFromJsonAsync<IReadOnlyList<AttemptRecord>>($"/api/runs/{run.Id}/records", ContractJson.Options))!;
        Assert.Equal([1, 2], all.Select(record => record.Attempt));
        Assert.All(all, record => Assert.Equal((3, "The script ended with exit code 3."), (record.Facts!.ExitCode, record.Fault)));
        Assert.Equal(1, (await RecordAsync(run.Id, Step(run, "work").StepId, "?attempt=1")).Attempt);
        Assert.Equal(2, (await RecordAsync(run.Id, Step(run, "work").StepId)).Attempt);
    }

    [Theory]
    [InlineData("no.1", "")]
    [InlineData("STEP", "?attempt=9")]
    public async Task What_is_not_recorded_is_not_there(string step, string query)
    {
        var run = await RunAsync("absent");

        var answer = await _hub.Http.GetAsync($"/api/runs/{run.Id}/steps/{step.Replace("STEP", Step(run, "work").StepId, StringComparison.Ordinal)}/record{query}");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("Nothing is recorded of", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_run_that_is_taken_up_again_has_the_records_that_its_server_could_not_write()
    {
        var data = Directory.CreateTempSubdirectory("flows-hub-").FullName;
        string run;
        await using (var hub = await TestHub.StartAsync(data))
        {
            await hub.ImportAsync(Some.Chain("taken", Some.Activity("work", "Flows.ShellScript", ("script", Some.Text("true"))), Some.Delay("wait", 3600)));
            run = await hub.StartRunAsync("taken");
            await hub.UntilAsync(run, record => record.SubStatus == RunSubStatus.Suspended);
            await using var db = await hub.Services.GetRequiredService<IDbContextFactory<FlowsDb>>().CreateDbContextAsync();
            await Eventually.TrueAsync(async () => await db.Set<AttemptRow>().Where(row => row.RunId == run).ExecuteDeleteAsync() == 1);
        }
        await using (var next = await TestHub.StartAsync(data))
        {
            await Eventually.TrueAsync(async () => (await next.Services.GetRequiredService<AttemptRecords>().OfRunAsync(run)) is [{ ActivityId: "work", Attempt: 1 }]);
        }
        Directory.Delete(data, recursive: true);
    }

    private async Task<RunRecord> RunAsync(string id)
    {
        var work = Some.Activity("work", "Flows.PythonScript", ("script", Some.Text("import flows\nprint(len(list(flows.rows('rows'))))")), ("randomSeed", Some.Text("7")),
            ("rows", JsonNode.Parse("""{"typeName":"Object","expression":{"type":"Variable","value":{"id":"v","name":"v"}}}""")!),
            ("customProperties", JsonNode.Parse("""{"ports":{"inputs":[{"name":"rows","type":"Table"}]}}""")!));
        var load = Some.Activity("load", "Flows.FileSource", ("path", Some.Text("rows.csv")), ("table", JsonNode.Parse("""{"typeName":"Object","memoryReference":{"id":"v"}}""")!));
        await _hub.ImportAsync(Some.Chain(id, load, work).WithVariable("v"));
        var answer = await _hub.Http.PutAsync($"/api/flows/{id}/files/rows.csv", new StringContent("a,b\n1,2\n"));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        var run = await _hub.RunAsync(id);
        Assert.True(run.SubStatus == RunSubStatus.Finished, string.Join('\n', run.Incidents));
        return run;
    }

    private static StepRecord Step(RunRecord run, string activity) => run.Steps.Single(step => step.ActivityId == activity);

    private async Task<AttemptRecord> RecordAsync(string run, string step, string query = "") =>
        (await _hub.Http.GetFromJsonAsync<AttemptRecord>($"/api/runs/{run}/steps/{step}/record{query}", ContractJson.Options))!;

    private static string Digest(string text) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
