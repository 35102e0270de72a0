using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.DataSets;
using Flows.Contract.Definitions;
using Flows.Contract.Provenance.Graphs;
using Flows.Hub.Cli;
using Flows.Tests.Support;

namespace Flows.Tests.Provenance;

/// <summary>What everything came from, and what came of it.</summary>
[Collection(TracedDigits.Name)]
public sealed class TraceTests(TracedDigits digits)
{
    [Fact]
    public async Task A_prediction_is_traced_to_the_raw_csv_and_the_raw_csv_forward_to_the_prediction()
    {
        var back = await digits.TraceAsync(TraceKinds.Prediction, TracedDigits.Question);
        var forward = await digits.TraceAsync(TraceKinds.Artifact, digits.Raw, "direction=forward");

        var (prediction, raw) = ($"prediction/{TracedDigits.Question}", $"artifact/{digits.Raw}");
        Assert.Equal((prediction, raw), (back.Subject, forward.Subject));
        Assert.True(Leads(back, raw, prediction), Shown(back));
        Assert.True(Leads(forward, raw, prediction), Shown(forward));
        Assert.True(Leads(back, "source/digits.csv.gz", raw), Shown(back));
    }

    [Fact]
    public async Task The_trace_of_a_prediction_tells_who_made_what_of_what_where()
    {
        var nodes = (await digits.TraceAsync(TraceKinds.Prediction, TracedDigits.Question)).Nodes;

        var model = nodes.Single(node => node.Kind == TraceKinds.ModelVersion);
        Assert.Equal((digits.Model.Model.Sha256, digits.Model.Metrics["accuracy"]), ((string)model.Facts["sha256"]!, (double)model.Facts["metrics"]!["accuracy"]!));
        var period = nodes.Single(node => node.Kind == TraceKinds.Deployment).Facts["periods"]!.AsArray().Single()!;
        Assert.Equal((digits.Model.Name, digits.Model.Version, digits.Run.Id), ((string)period["model"]!, (int)period["version"]!, (string)period["run"]!));
        var run = nodes.Single(node => node.Kind == TraceKinds.Run);
        Assert.Equal(("local", "Finished", "digits", 64), (run.By, (string)run.Facts["status"]!, (string)run.Facts["flow"]!, ((string)run.Facts["definitionDigest"]!).Length));
        var train = nodes.Single(node => (string?)node.Facts["activity"] == "Flows.TrainModel");
        Assert.Equal(Environment.MachineName, (string)train.Facts["host"]!);
        Assert.NotNull(train.Facts["seed"]);
        Assert.NotNull(train.Facts["parameters"]!["label"]);
        Assert.All(nodes.Where(node => node.Kind == TraceKinds.Artifact), node => Assert.True((bool)node.Facts["stored"]!, node.Title));
    }

    [Fact]
    public async Task One_flipped_byte_of_a_stored_artifact_is_detected_and_named()
    {
        var path = Path.Combine(digits.Hub.Data, "artifacts", digits.Raw[..2], digits.Raw);
        Assert.Empty((await digits.TraceAsync(TraceKinds.ModelVersion, digits.Model.Name, "verify=true")).Damaged!);
        Flip(path);

        var trace = await digits.TraceAsync(TraceKinds.ModelVersion, digits.Model.Name, "verify=true");

        Flip(path);
        Assert.Equal([$"artifact/{digits.Raw}"], trace.Damaged!);
        Assert.Equal(TraceIntegrity.Damaged, trace.Nodes.Single(node => node.Key == trace.Damaged![0]).Integrity);
    }

    [Fact]
    public async Task One_flipped_byte_is_named_by_the_check_of_everything_too_and_nobody_is_given_it()
    {
        var path = Path.Combine(digits.Hub.Data, "artifacts", digits.Model.Model.Sha256[..2], digits.Model.Model.Sha256);
        Flip(path);

        var found = await (await digits.Hub.Http.PostAsync("/api/artifacts/verify", null)).Content.ReadFromJsonAsync<JsonObject>();
        var given = await digits.Hub.Http.GetAsync($"/api/artifacts/{digits.Model.Model.Sha256}");

        Flip(path);
        Assert.Equal([digits.Model.Model.Sha256], found!["damaged"]!.AsArray().Select(one => (string)one!));
        Assert.Equal(HttpStatusCode.InternalServerError, given.StatusCode);
    }

    [Fact]
    public async Task Data_sets_lead_over_runs_and_in_no_circle()
    {
        var data = await digits.StoreAsync("a\n1\n");
        (await digits.Hub.Http.PostAsJsonAsync("/api/datasets", new DataSetRegistration("spring", data), ContractJson.Options)).EnsureSuccessStatusCode();
        await digits.Hub.ImportAsync(Passes("draws", "spring", "well"));
        await digits.Hub.ImportAsync(Passes("draws-on", "well", "bucket"));
        await digits.Hub.RunAsync("draws");
        await digits.Hub.RunAsync("draws-on");

        var back = await digits.TraceAsync(TraceKinds.DataSet, "bucket:1");
        var forward = await digits.TraceAsync(TraceKinds.DataSet, "spring/1", "direction=forward");

        Assert.True(Leads(back, $"artifact/{data.Sha256}", "dataset/spring:1") && Leads(back, "dataset/spring:1", "dataset/well:1") && Leads(back, "dataset/well:1", "dataset/bucket:1"), Shown(back));
        Assert.True(Leads(forward, "dataset/spring:1", "dataset/bucket:1"), Shown(forward));
        Assert.All(back.Nodes, node => Assert.DoesNotContain(back.Links.Where(link => link.From == node.Key), link => Leads(back, link.To, node.Key)));
    }

    [Fact]
    public async Task A_run_is_traced_as_all_of_its_steps_both_ways()
    {
        var back = await digits.TraceAsync(TraceKinds.Run, digits.Run.Id);
        var both = await digits.TraceAsync(TraceKinds.Run, digits.Run.Id, "direction=both");

        Assert.Contains(back.Nodes, node => node.Key == $"artifact/{digits.Raw}");
        Assert.DoesNotContain(back.Nodes, node => node.Kind == TraceKinds.ModelVersion);
        Assert.Contains(both.Nodes, node => node.Key == $"artifact/{digits.Raw}");
        Assert.Contains(both.Nodes, node => node.Key == $"modelVersion/{digits.Model.Name}:{digits.Model.Version}");
    }

    [Fact]
    public async Task What_a_step_wrote_undeclared_is_in_its_trace_by_name()
    {
        var folder = Directory.CreateTempSubdirectory("flows-written-").FullName;
        await digits.Hub.ImportAsync(Some.Chain("writes", Some.Activity("work", "Flows.ShellScript", ("script", Some.Text($"echo secretly > {folder}/aside.txt")))));
        var run = await digits.Hub.RunAsync("writes");

        var trace = await digits.TraceAsync(TraceKinds.Run, run.Id, "direction=both");

        var link = Assert.Single(trace.Links, link => link.Role == $"undeclared: {folder}/aside.txt");
        Assert.Equal("aside.txt", trace.Nodes.Single(node => node.Key == link.To).Title);
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("modelVersion", "../../secret", "", 404)]
    [InlineData("dataset", "a/b/c:1", "", 404)]
    [InlineData("dataset", "..", "", 404)]
    [InlineData("run", "%2e%2e/%2e%2e", "", 404)]
    [InlineData("artifact", "0000", "", 404)]
    [InlineData("prediction", "nobody/asked ../this\u0001", "", 404)]
    [InlineData("deployment", "x' OR '1'='1", "", 404)]
    [InlineData("teapot", "1", "", 404)]
    [InlineData("prediction", TracedDigits.Question, "direction=sideways", 400)]
    [InlineData("prediction", TracedDigits.Question, "format=carrier-pigeon", 400)]
    [InlineData("prediction", TracedDigits.Question, "depth=0", 400)]
    [InlineData("prediction", TracedDigits.Question, "depth=many", 400)]
    public async Task What_is_not_there_or_cannot_be_is_refused_with_a_sentence(string kind, string id, string query, int status)
    {
        var answer = await digits.Hub.Http.GetAsync($"{TracedDigits.Address(kind, id)}?{query}");

        Assert.Equal((HttpStatusCode)status, answer.StatusCode);
        Assert.NotEmpty((await answer.Content.ReadFromJsonAsync<JsonObject>())!["detail"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_depth_cuts_the_trace_and_the_trace_says_so()
    {
        var trace = await digits.TraceAsync(TraceKinds.Prediction, TracedDigits.Question, "depth=2");

        Assert.True(trace.IsCut);
        Assert.Contains(trace.Nodes, node => node.Kind == TraceKinds.ModelVersion);
        Assert.DoesNotContain(trace.Nodes, node => node.Key == $"artifact/{digits.Raw}");
    }

    [Fact]
    public async Task The_terminals_tree_shows_each_thing_once_below_what_came_of_it()
    {
        var lines = TraceTree.Of(await digits.TraceAsync(TraceKinds.Prediction, TracedDigits.Question, "verify=true")).ToList();

        Assert.StartsWith("prediction Answer of", lines[0]);
        Assert.Single(lines, line => line.Contains("artifact ") && line.Contains($"sha256:{digits.Raw}") && !line.EndsWith("(above)", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("served: modelVersion") && line.Contains("accuracy"));
        Assert.StartsWith("Every artifact is what it was", lines[^1]);
    }

    // Reads a data set and registers the same bytes as another one.
    private static string Passes(string flow, string from, string to) => Some.Chain(flow,
        Some.Activity("read", "Flows.DataSetSource", ("dataSetName", Some.Text(from))),
        Some.Activity("keep", "Flows.RegisterDataSet", ("dataSetName", Some.Text(to)), ("data", FlowInput.Wrap("Object", ExpressionTypes.JavaScript, "getOutputFrom('read', 'Data')"))));

    private static bool Leads(Trace trace, string from, string to)
    {
        var (seen, open) = (new HashSet<string> { from }, new Queue<string>([from]));
        while (open.TryDequeue(out var at))
        {
            if (at == to) return true;
            foreach (var link in trace.Links.Where(link => link.From == at)) if (seen.Add(link.To)) open.Enqueue(link.To);
        }
        return false;
    }

    private static string Shown(Trace trace) => string.Join('\n', trace.Links.Select(link => $"{link.From} --{link.Role}--> {link.To}"));

    private static void Flip(string path)
    {
        File.SetAttributes(path, FileAttributes.Normal);
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);
    }
}
