using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Artifacts;
using Flows.Contract.Checks;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Contract.Provenance;
using Flows.Contract.Runs;
using Flows.Hub.Cache;
using Flows.Hub.Storage;
using Flows.Library.Data;
using Flows.Library.Python;
using Flows.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Library;

/// <summary>Every shipped flow runs on the real server from its file to an answering deployment and reaches its bar.</summary>
public sealed class LibraryFlowTests
{
    [Fact]
    public async Task Digits_with_ml_net_reach_95_percent_and_answer()
    {
        using var run = await RunAsync("digits");

        Assert.True(run.Metrics["accuracy"] >= 0.95, $"accuracy {run.Metrics["accuracy"]}");
        Assert.Contains(run.Record.Lines, line => line.StartsWith("The picture shows a ", StringComparison.Ordinal));
        Assert.Contains(run.Answers[0], "0123456789");
    }

    [Fact]
    public async Task Digits_with_scikit_learn_reach_97_percent_and_answer()
    {
        Assert.SkipWhen(PythonInterpreter.Find(["sklearn", "pandas"]) is null or { Missing.Count: > 0 }, "python3-sklearn and python3-pandas are not installed");

        using var run = await RunAsync("digits-sklearn");

        Assert.True(run.Metrics["accuracy"] >= 0.97, $"accuracy {run.Metrics["accuracy"]}");
        Assert.Contains(run.Answers[0], "0123456789");
    }

    [Fact]
    public async Task Ridership_is_forecast_better_than_by_the_naive_forecast_in_every_year()
    {
        using var run = await RunAsync("ridership");

        Assert.True(run.Metrics["mae"] <= 1.3, $"mean absolute error {run.Metrics["mae"]}");
        using var step = new Step();
        var byYear = Artifact.From(run.Record.Steps.Single(one => one.ActivityId == "compare").Outputs!["result"])!;
        using var table = new TableDatabase(step.Folder);
        table.AddParquet("years", Path.Combine(run.Data, "artifacts", byYear.Sha256[..2], byYear.Sha256));
        Assert.Equal(3, table.Count("SELECT * FROM years WHERE better >= 0.12"));
    }

    [Theory]
    [InlineData("digits")]
    [InlineData("digits-sklearn")]
    [InlineData("ridership")]
    public void The_checks_find_nothing_to_say_about_it(string id)
    {
        var problems = FlowChecks.Of(Read(id), ActivityCatalog.Of(typeof(FileSource).Assembly));

        Assert.Empty(problems.Select(problem => $"{problem.ActivityId}.{problem.Field}: {problem.Message}"));
    }

    [Fact]
    public void The_index_lists_every_folder_with_what_it_needs()
    {
        var index = JsonNode.Parse(File.ReadAllText(Path.Combine(LibraryFlows.Folder, "index.json")))!.AsArray();

        Assert.Equal(Directory.GetDirectories(LibraryFlows.Folder).Select(Path.GetFileName).Order(), index.Select(item => (string)item!["id"]!).Order());
        foreach (var item in index)
        {
            var folder = Path.Combine(LibraryFlows.Folder, (string)item!["id"]!);
            Assert.All(["flow", "readme", "picture"], file => Assert.True(File.Exists(Path.Combine(folder, (string)item[file]!)), $"{folder}: {file}"));
            Assert.All(["name", "description", "dataSource", "licence", "bar"], text => Assert.NotEmpty((string)item[text]!));
            Assert.NotEmpty(Directory.GetFiles(Path.Combine(folder, "licences")));
        }
    }

    private sealed record Ran(RunRecord Record, IReadOnlyDictionary<string, double> Metrics, IReadOnlyList<string> Answers, string Data) : IDisposable
    {
        public void Dispose() => Directory.Delete(Data, recursive: true);
    }

    private static FlowDefinition Read(string id) => FlowFile.ReadOne(File.ReadAllText(Path.Combine(LibraryFlows.Folder, id, "flow.json")));

    private static async Task<Ran> RunAsync(string id)
    {
        await using var hub = await TestHub.StartAsync();
        await hub.ImportAsync(File.ReadAllText(Path.Combine(LibraryFlows.Folder, id, "flow.json")));
        foreach (var file in Directory.GetFiles(Path.Combine(LibraryFlows.Folder, id)).Where(path => path.EndsWith(".gz", StringComparison.Ordinal) || path.EndsWith(".py", StringComparison.Ordinal)))
        {
            using var bytes = new ByteArrayContent(await File.ReadAllBytesAsync(file));
            (await hub.Http.PutAsync($"/api/flows/{id}/files/{Path.GetFileName(file)}", bytes)).EnsureSuccessStatusCode();
        }

        var record = await hub.RunAsync(id, wait: 300);

        Assert.True(record.SubStatus == RunSubStatus.Finished, string.Join('\n', record.Incidents.Select(incident => $"{incident.ActivityId}: {incident.Message}")));
        await IsMadeAgainAsync(hub, record);
        var metrics = record.Steps.Single(step => step.ActivityId == "evaluate").Metrics!;
        var answers = record.Steps.Single(step => step.ActivityId == "ask").Outputs!["predictions"]!.AsArray().Select(answer => answer!.ToString()).ToList();
        var data = Directory.CreateTempSubdirectory("flows-ran-").FullName;
        CopyArtifacts(hub.Data, data);
        return new Ran(record, metrics, answers, data);
    }

    // From its record alone: the flow's files, environments, work folders and cached results are gone.
    private static async Task IsMadeAgainAsync(TestHub hub, RunRecord record)
    {
        foreach (var file in (await hub.Http.GetFromJsonAsync<JsonArray>($"/api/flows/{record.DefinitionId}/files"))!) (await hub.Http.DeleteAsync($"/api/flows/{record.DefinitionId}/files/{file!["path"]}")).EnsureSuccessStatusCode();
        foreach (var folder in new[] { "environments", "work" }.Select(name => Path.Combine(hub.Data, name)).Where(Directory.Exists)) Directory.Delete(folder, recursive: true);
        await using (var db = await hub.Services.GetRequiredService<IDbContextFactory<FlowsDb>>().CreateDbContextAsync()) await db.Set<CachedResultRow>().ExecuteDeleteAsync();

        var answer = await hub.Http.PostAsync($"/api/runs/{record.Id}/reproduce?wait=300", null);

        var verdict = (await answer.Content.ReadFromJsonAsync<RunVerdict>(ContractJson.Options))!;
        Assert.True(verdict.Verdict == Verdict.BitIdentical && verdict.Altered.Count == 0, verdict.Text);
        Assert.True(verdict.Repeated >= 3, $"only {verdict.Repeated} steps were carried out again");
    }

    private static void CopyArtifacts(string from, string to)
    {
        foreach (var file in Directory.GetFiles(Path.Combine(from, "artifacts"), "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
