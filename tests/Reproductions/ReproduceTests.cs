using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Contract.Provenance;
using Flows.Contract.Runs;
using Flows.Tests.Support;

namespace Flows.Tests.Reproductions;

/// <summary>A flow that ran once on a server, with a package of a folder that goes.</summary>
public sealed class MadeRun : IAsyncLifetime
{
    public TestHub Hub { get; private set; } = null!;

    public RunRecord Run { get; private set; } = null!;

    public Wheels Wheels { get; } = new();

    public async ValueTask InitializeAsync()
    {
        Hub = await TestHub.StartAsync();
        Wheels.Add("tiny", "1.2", "name = '1.2'");
        await Hub.ImportAsync(Flow());
        await PutAsync("day,n\n1,2\n2,3\n");
        Run = await Hub.RunAsync("made");
        Assert.True(Run.SubStatus == RunSubStatus.Finished, string.Join('\n', Run.Incidents));
    }

    public async Task PutAsync(string rows) => Assert.True((await Hub.Http.PutAsync("/api/flows/made/files/rows.csv", new StringContent(rows))).IsSuccessStatusCode);

    /// <summary>A newer version of the package, once.</summary>
    public void AddNewer()
    {
        if (!File.Exists(Path.Combine(Wheels.Folder, "tiny-1.3-py3-none-any.whl"))) Wheels.Add("tiny", "1.3", "name = '1.3'");
    }

    /// <summary>Nothing is left but records and artifacts.</summary>
    public void Empty()
    {
        foreach (var folder in (string[])["environments", "work"]) Directory.Delete(Path.Combine(Hub.Data, folder), recursive: true);
    }

    private string Flow()
    {
        var load = Some.Activity("load", "Flows.FileSource", ("path", Some.Text("rows.csv")), ("table", Into("rows")));
        var train = Some.Activity("train", "Flows.PythonScript", ("script", Some.Text("""
            import flows, random, tiny
            total = sum(int(row["n"]) for row in flows.rows("rows"))
            flows.metric("total", total + random.random() / 100)
            open(flows.output("model.txt"), "w").write(f"{total} {random.random()} {tiny.name}")
            """)), ("requirements", Some.Text(Wheels.Requirements("tiny"))), ("rows", From("rows")), ("model", Into("model")),
            ("customProperties", JsonNode.Parse("""{"ports":{"inputs":[{"name":"rows","type":"Table"}],"outputs":[{"name":"model","type":"Model"}]}}""")!));
        var register = Some.Activity("register", "Flows.RegisterModel", ("modelName", Some.Text("made")), ("model", From("model")));
        return Some.Chain("made", load, train, register).WithVariables("rows", "model");
    }

    private static JsonNode Into(string variable) => new JsonObject { ["typeName"] = "Object", ["memoryReference"] = new JsonObject { ["id"] = variable } };

    private static JsonNode From(string variable) => new JsonObject
    {
        ["typeName"] = "Object",
        ["expression"] = new JsonObject { ["type"] = "Variable", ["value"] = new JsonObject { ["id"] = variable, ["name"] = variable } },
    };

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        Wheels.Dispose();
    }
}

/// <summary>Runs that are made again from their records, on the real server.</summary>
public sealed class ReproduceTests(MadeRun made) : IClassFixture<MadeRun>
{
    private readonly HttpClient _http = made.Hub.Http;

    [Fact]
    public async Task From_its_record_alone_a_run_comes_out_with_the_same_bytes_and_registers_nothing_twice()
    {
        await made.PutAsync("day,n\n1,7\n2,9\n");
        made.AddNewer();
        made.Empty();

        var verdict = await ReproduceAsync(new JsonObject());

        Assert.True(verdict.Verdict == Verdict.BitIdentical && verdict.Altered.Count == 0, verdict.Text);
        Assert.Equal((2, "register"), (verdict.Repeated, Assert.Single(verdict.Taken)));
        Assert.Single((JsonArray)(await _http.GetFromJsonAsync<JsonNode>("/api/models/made"))!);
        var run = await made.Hub.RecordAsync(verdict.ReproductionId);
        Assert.Equal(("reproduce", RunSubStatus.Finished), (run.Trigger, run.SubStatus));
        Assert.Contains((await _http.GetFromJsonAsync<IReadOnlyList<RunVerdict>>($"/api/runs/{made.Run.Id}/verdicts", ContractJson.Options))!, kept => kept.ReproductionId == verdict.ReproductionId && kept.Text == verdict.Text);
    }

    [Fact]
    public async Task One_byte_of_the_data_is_named_at_the_step_that_reads_it()
    {
        await made.PutAsync("day,n\n1,2\n2,4\n");

        var verdict = await ReproduceAsync(JsonNode.Parse("""{"current":["data"]}""")!);

        Assert.Equal((Verdict.Diverged, "load", "input"), (verdict.Verdict, verdict.First!.ActivityId, verdict.First.Where));
        Assert.Contains("the file 'rows.csv' was ", verdict.Text);
    }

    [Fact]
    public async Task Another_version_of_a_package_is_named_at_the_step_that_has_it()
    {
        made.AddNewer();
        made.Empty();

        var verdict = await ReproduceAsync(JsonNode.Parse("""{"current":["environment"]}""")!);

        // The figures do not hang on it, the bytes of the model do.
        Assert.Equal((Verdict.MetricEqual, "train", "environment"), (verdict.Verdict, verdict.First!.ActivityId, verdict.First.Where));
        Assert.Contains("tiny==1.2 → tiny==1.3", verdict.Text);
    }

    [Fact]
    public async Task Another_seed_is_named_at_the_step_that_begins_with_it()
    {
        var verdict = await ReproduceAsync(JsonNode.Parse("""{"seed":99}""")!);

        Assert.Equal((Verdict.Diverged, "train", "seed"), (verdict.Verdict, verdict.First!.ActivityId, verdict.First.Where));
        Assert.Contains("is 99.", verdict.Text);
    }

    [Fact]
    public async Task A_flow_makes_the_newest_run_of_another_again_and_goes_by_the_verdict()
    {
        var check = Some.Activity("check", "Flows.Reproduce", ("flow", Some.Text("made")));
        var flow = JsonNode.Parse(Some.Chain("verify", check, Some.Line("same", "still the same")))!;
        flow["root"]!["connections"]![0]!["source"]!["port"] = "Same";
        await made.Hub.ImportAsync(flow.ToJsonString());

        var run = await made.Hub.RunAsync("verify");

        Assert.Equal(["still the same"], run.Lines);
        Assert.Equal("bit-identical", run.Steps.Single(step => step.ActivityId == "check").Outputs!["verdict"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_flow_goes_the_other_way_when_a_run_does_not_come_out_the_same_with_the_data_of_today()
    {
        await made.PutAsync("day,n\n1,2\n2,5\n");
        var check = Some.Activity("check", "Flows.Reproduce", ("run", Some.Text(made.Run.Id)), ("current", FlowInput.Wrap("Object", ExpressionTypes.JavaScript, "['data']")));
        var flow = JsonNode.Parse(Some.Chain("verify-data", check, Some.Line("other", "no longer the same")))!;
        flow["root"]!["connections"]![0]!["source"]!["port"] = "Diverged";
        await made.Hub.ImportAsync(flow.ToJsonString());

        var run = await made.Hub.RunAsync("verify-data");

        Assert.Equal(["no longer the same"], run.Lines);
        Assert.Contains("'load'", run.Steps.Single(step => step.ActivityId == "check").Outputs!["text"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("RUN", """{"current":["weather"],"seed":-1,"tolerance":7}""", HttpStatusCode.UnprocessableEntity, "'current' may name data, code, environment, seed, not 'weather'. 'seed' is a number from 0 to 2147483647, not -1. 'tolerance' is")]
    [InlineData("RUN", """{"current":5}""", HttpStatusCode.BadRequest, "The request cannot be read")]
    [InlineData("nothing", "{}", HttpStatusCode.NotFound, "There is no run")]
    public async Task What_cannot_be_made_again_says_why(string run, string body, HttpStatusCode status, string says)
    {
        var answer = await _http.PostAsync($"/api/runs/{run.Replace("RUN", made.Run.Id, StringComparison.Ordinal)}/reproduce", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(says, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_attestation_of_a_run_names_the_script_the_packages_and_their_archive_that_it_is_made_again_from()
    {
        var train = (await _http.GetFromJsonAsync<IReadOnlyList<AttemptRecord>>($"/api/runs/{made.Run.Id}/records", ContractJson.Options))!.Single(record => record.ActivityId == "train");

        var envelope = await _http.GetFromJsonAsync<JsonObject>($"/api/trace/run/{made.Run.Id}?format=intoto");

        var statement = JsonNode.Parse(Convert.FromBase64String((string)envelope!["payload"]!))!;
        var digests = statement["predicate"]!["buildDefinition"]!["resolvedDependencies"]!.AsArray().Select(one => (string?)one!["digest"]!["sha256"]).ToList();
        Assert.Contains(train.Facts!.Code!.Snapshot.Sha256, digests);
        Assert.Contains(train.Environment!.Packages!.Sha256, digests);
        Assert.Contains(train.Environment.Archive!.Sha256, digests);
    }

    private async Task<RunVerdict> ReproduceAsync(JsonNode how)
    {
        var answer = await _http.PostAsJsonAsync($"/api/runs/{made.Run.Id}/reproduce?wait=120", how);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        return System.Text.Json.JsonSerializer.Deserialize<RunVerdict>(text, ContractJson.Options)!;
    }
}
