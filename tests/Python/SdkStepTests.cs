using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Artifacts;
using Flows.Contract.DataSets;
using Flows.Contract.Models;
using Flows.Contract.Runs;
using Flows.Contract.Tracking;
using Flows.Tests.Support;

namespace Flows.Tests.Python;

/// <summary>What a script says through <c>import flows</c> in a step is with its run, on the real server.</summary>
public sealed class SdkStepTests(SharedHub shared) : IClassFixture<SharedHub>
{
    private readonly TestHub _hub = shared.Hub;

    [Fact]
    public async Task Curves_pictures_plots_data_sets_and_models_of_a_step_are_with_its_run()
    {
        var run = await RunAsync("""
            import flows
            rate = flows.param("rate", 0.25)
            for epoch in range(40):
                flows.metric("val/loss", rate / (epoch + 1), step=epoch * 10)
            flows.metric("worst", float("nan"))
            flows.metric("worst", float("-inf"))
            flows.tag("note", "first try")
            flows.image("sample", [[0, 255], [255, 0]], step=3)
            flows.plot("errors", {"train": [3, 2.5, float("nan")], "test": [4, 3, 2]}, x=[1, 2, 3], x_label="epoch")
            flows.dataset("step-rows", [{"a": 1, "b": "x"}], description="from a step")
            class Model:
                def predict(self, rows): return [0 for _ in rows]
            flows.model("step-model", Model(), label="y", features=["a"], example={"a": 1})
            made = flows.publish("better than before")
            assert made[0]["version"] == 1, made
            """);
        var step = run.Steps.Single(one => one.ActivityId == "script");

        Assert.Equal((double.NegativeInfinity, 0.25 / 40), (step.Metrics!["worst"], step.Metrics["val/loss"]));
        var series = await MetricsAsync(run.Id, "?points=100");
        Assert.Equal([(step.StepId, "val/loss", 40), (step.StepId, "worst", 2)], series.Select(one => (one.StepId, one.Name, one.Count)));
        Assert.Equal((390, 0.25 / 40), (series[0].Last.Step, series[0].Last.Value));
        Assert.Equal([double.NaN, double.NegativeInfinity], series[1].Points.Select(point => point.Value));
        var facts = (await _hub.Http.GetFromJsonAsync<RunTracking>($"/api/runs/{run.Id}/tracking", ContractJson.Options))!;
        Assert.Equal([("rate", "0.25")], facts.Parameters.Select(one => (one.Name, one.Text)));
        Assert.Contains(facts.Tags, tag => (tag.Name, tag.Text) == ("note", "first try"));
        Assert.Equal([("errors", 0), ("sample", 3)], facts.Files.Select(file => (file.Name, file.Step)).Order());
        await ShownAsync(facts);
        var data = Assert.Single((await _hub.Http.GetFromJsonAsync<IReadOnlyList<DataSetVersion>>("/api/datasets/step-rows", ContractJson.Options))!);
        Assert.Equal((run.Id, step.StepId, "from a step"), (data.RunId, data.StepId, data.Description));
        Assert.Equal("a,b\r\n1,x\r\n", await _hub.Http.GetStringAsync($"/api/artifacts/{data.Data.Sha256}"));
        var model = Assert.Single((await _hub.Http.GetFromJsonAsync<IReadOnlyList<ModelVersion>>("/api/models/step-model", ContractJson.Options))!);
        Assert.Equal((run.Id, "better than before", 0.25 / 40), (model.RunId, model.Description, model.Metrics["val/loss"]));
    }

    [Fact]
    public async Task What_a_script_publishes_with_deploy_answers_requests_when_its_step_is_over()
    {
        Assert.SkipUnless(Directory.Exists("/usr/lib/python3/dist-packages/sklearn"), "python3-sklearn is not installed");

        var run = await RunAsync("""
            import flows
            from sklearn.linear_model import LogisticRegression
            flows.model("sdk-deployed", LogisticRegression().fit([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1]), label="y", features=["a"], example={"a": 3.0})
            flows.metric("accuracy", 1.0)
            flows.publish("answers", deploy=True)
            """);

        var answer = await _hub.Http.PostAsJsonAsync("/serve/sdk-deployed/invocations", new JsonObject { ["dataframe_records"] = new JsonArray(new JsonObject { ["a"] = 3.0 }, new JsonObject { ["a"] = 0.0 }) });
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        Assert.Equal([1, 0], JsonNode.Parse(text)!["predictions"]!.AsArray().Select(one => (int)one!));
        var trace = await _hub.Http.GetStringAsync("/api/trace/deployment/sdk-deployed");
        Assert.Contains($"run/{run.Id}", trace);
    }

    [Fact]
    public async Task A_million_points_from_one_step_are_all_there_and_the_server_answers_meanwhile()
    {
        var id = Fresh();
        await _hub.ImportAsync(Flow(id, "import flows\nfor i in range(1_000_000): flows.metric('loss', i * 0.5)\n"));
        var run = await _hub.StartRunAsync(id);
        var slowest = TimeSpan.Zero;
        await _hub.UntilAsync(run, record =>
        {
            var asked = TimeProvider.System.GetTimestamp();
            _hub.HealthyAsync().Wait();
            slowest = TimeSpan.FromTicks(Math.Max(slowest.Ticks, TimeProvider.System.GetElapsedTime(asked).Ticks));
            return record.Status == RunStatus.Finished;
        });

        var curve = Assert.Single(await MetricsAsync(run, "?key=loss&points=500"));
        Assert.Equal((1_000_000, 999_999, 499_999.5), (curve.Count, curve.Last.Step, curve.Last.Value));
        Assert.InRange(curve.Points.Count, 300, 500);
        Assert.True(slowest < TimeSpan.FromSeconds(20), $"a request waited {slowest}");
        // Some of them are printed, and not a million.
        Assert.InRange((await _hub.Http.GetFromJsonAsync<IReadOnlyList<LogLine>>($"/api/runs/{run}/logs", ContractJson.Options))!.Count, 20, 300);
    }

    [Fact]
    public async Task Processes_of_one_step_write_one_run_together_and_names_that_climb_are_refused_in_the_script()
    {
        var run = await RunAsync("""
            import flows, multiprocessing
            flows.metric("parent", 1)
            def work(who):
                for i in range(100): flows.metric("shared", i, step=2 * i + who)
            context = multiprocessing.get_context("fork")
            both = [context.Process(target=work, args=(who,)) for who in range(2)]
            for one in both: one.start()
            for one in both: one.join()
            try: flows.metric("../../etc/passwd", 1)
            except ValueError as refused: print(refused)
            """);

        Assert.Equal([("parent", 1), ("shared", 200)], (await MetricsAsync(run.Id, "")).Select(series => (series.Name, series.Count)));
        Assert.Equal(Enumerable.Range(0, 200).Select(step => (long)step), (await MetricsAsync(run.Id, "?key=shared&points=1000"))[0].Points.Select(point => point.Step));
        Assert.Contains(await LogAsync(run.Id), line => line.Text.Contains("'../../etc/passwd' cannot name a metric", StringComparison.Ordinal));
        // Each process adds what it knows to the step's figures.
        var figures = run.Steps.Single(step => step.ActivityId == "script").Metrics!;
        Assert.Equal((1, 99), (figures["parent"], figures["shared"]));
    }

    private async Task ShownAsync(RunTracking facts)
    {
        var (plot, picture) = (facts.Files.Single(file => file.Name == "errors").Artifact, facts.Files.Single(file => file.Name == "sample").Artifact);
        var preview = (await _hub.Http.GetFromJsonAsync<ArtifactPreview>($"/api/previews/{plot.Sha256}?kind={plot.Kind}&name={plot.Name}", ContractJson.Options))!;
        Assert.Equal("""{"train":[3,2.5,null],"test":[4,3,2]}""", preview.Facts!["series"]!.ToJsonString());
        using var image = await _hub.Http.GetAsync($"/api/artifacts/{picture.Sha256}?name={picture.Name}");
        Assert.Equal(("Image", "image/png"), (picture.Kind, image.Content.Headers.ContentType!.MediaType));
    }

    private async Task<RunRecord> RunAsync(string script)
    {
        var id = Fresh();
        await _hub.ImportAsync(Flow(id, script));
        var run = await _hub.RunAsync(id);
        Assert.True(run.SubStatus == RunSubStatus.Finished, string.Join('\n', run.Incidents.Select(incident => incident.Message)));
        return run;
    }

    private static string Fresh() => "sdk" + Guid.NewGuid().ToString("N")[..8];

    private static string Flow(string id, string script) => Some.Chain(id, Some.Activity("script", "Flows.PythonScript", ("script", Some.Text(script))));

    private async Task<IReadOnlyList<MetricSeries>> MetricsAsync(string run, string query) => (await _hub.Http.GetFromJsonAsync<IReadOnlyList<MetricSeries>>($"/api/runs/{run}/metrics{query}", ContractJson.Options))!;

    private async Task<IReadOnlyList<LogLine>> LogAsync(string run) => (await _hub.Http.GetFromJsonAsync<IReadOnlyList<LogLine>>($"/api/runs/{run}/logs", ContractJson.Options))!;
}
