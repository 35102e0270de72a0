using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Artifacts;
using Flows.Contract.Provenance;
using Flows.Contract.Runs;
using Flows.Contract.Tracking;
using Flows.Tests.Support;

namespace Flows.Tests.Python;

/// <summary>Notebooks as steps, in real kernels. Skipped visibly where Debian's nbclient and ipykernel are missing; on CI that is a failure.</summary>
public sealed class NotebookTests(SharedHub shared) : IClassFixture<SharedHub>
{
    private const string Picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    private readonly TestHub _hub = shared.Hub;

    [Fact]
    public async Task A_notebook_runs_with_its_parameters_and_is_kept_with_what_its_cells_gave()
    {
        Need();
        var run = await RunAsync("good", """{"parameters":[{"name":"rate","type":"Double","value":0.25},{"name":"names","type":"Object","value":["a",true,null]}],"outputs":[{"name":"answer","type":"Double"}]}""",
            Cell("rate = 1.0\nnames = []\nmark = 7", "parameters"),
            Cell("import flows, json\nprint('rate is', rate, names)\nflows.metric('half', rate / 2)\nopen(flows.output('answer.json'), 'w').write(json.dumps(rate * mark))"),
            Cell("%time sum(range(10))"),
            Cell($"import base64\nfrom IPython.display import Image, display\ndisplay(Image(data=base64.b64decode('{Picture}')))\n[rate] * 2"));

        Assert.True(run.SubStatus == RunSubStatus.Finished, string.Join('\n', run.Incidents.Select(incident => incident.Message)));
        var step = run.Steps.Single(one => one.ActivityId == "note");
        Assert.Equal(1.75, step.Outputs!["answer"]!.GetValue<double>());
        Assert.Equal(0.125, step.Metrics!["half"]);
        var executed = Artifact.From(step.Outputs["executed"])!;
        var cells = (await _hub.Http.GetFromJsonAsync<JsonObject>($"/api/artifacts/{executed.Sha256}"))!["cells"]!.AsArray();
        Assert.Equal("# Parameters\nrate = 0.25\nnames = ['a', True, None]", Source(cells[1]!));
        Assert.Equal([null, 1, 2, 3, 4, 5], cells.Select(cell => (int?)cell!["execution_count"]).Prepend(null));
        Assert.Contains(await LogAsync(run.Id), line => line.Text == "rate is 0.25 ['a', True, None]");
        var preview = (await _hub.Http.GetFromJsonAsync<ArtifactPreview>($"/api/previews/{executed.Sha256}?kind=File&name={executed.Name}", ContractJson.Options))!;
        Assert.Contains("In [5]:", preview.Text);
        Assert.Contains("[0.25, 0.25]", preview.Text);
        var files = await FilesAsync(run.Id);
        Assert.Equal(["notebook", "notebook/cell 5"], files.Select(file => file.Name));
        Assert.Equal(Convert.FromBase64String(Picture), await _hub.Http.GetByteArrayAsync($"/api/artifacts/{files[1].Artifact.Sha256}"));
    }

    [Fact]
    public async Task Its_record_has_what_a_scripts_has_and_makes_it_again_with_the_same_bytes()
    {
        Need();
        var stray = Path.Combine(Directory.CreateTempSubdirectory("flows-stray-").FullName, "stray.txt");
        await File.WriteAllTextAsync(stray, "7");
        var notebook = Notebook(Cell("rate = 1.0", "parameters"), Cell($"import random, beside\nprint(random.random(), beside.name, rate, open('{stray}').read())"));
        await ImportAsync("recorded", """{"parameters":[{"name":"rate","type":"Double","value":0.25}]}""");
        await PutAsync("recorded", "beside.py", "name = 'as it was'");
        await PutAsync("recorded", "work.ipynb", notebook);

        var run = await _hub.RunAsync("recorded");
        Assert.True(run.SubStatus == RunSubStatus.Finished, string.Join('\n', run.Incidents.Select(incident => incident.Message)));
        var record = (await _hub.Http.GetFromJsonAsync<AttemptRecord>($"/api/runs/{run.Id}/steps/{run.Steps.Single(step => step.ActivityId == "note").StepId}/record", ContractJson.Options))!;
        await PutAsync("recorded", "beside.py", "name = 'changed'");
        await PutAsync("recorded", "work.ipynb", Notebook(Cell("1 / 0")));
        var verdict = (await (await _hub.Http.PostAsJsonAsync($"/api/runs/{run.Id}/reproduce?wait=120", new JsonObject())).Content.ReadFromJsonAsync<RunVerdict>(ContractJson.Options))!;

        var facts = record.Facts!;
        Assert.Equal("work.ipynb", facts.Code!.Entry);
        Assert.Equal(notebook, await _hub.Http.GetStringAsync($"/api/artifacts/{facts.Code.Snapshot.Sha256}/work.ipynb"));
        Assert.Equal("name = 'as it was'", await _hub.Http.GetStringAsync($"/api/artifacts/{facts.Code.Snapshot.Sha256}/beside.py"));
        Assert.Equal(("python", 0, "seccomp", stray), (record.Environment!.Kind, facts.ExitCode, facts.Stray!.By, Assert.Single(facts.Stray.Read).Path));
        Assert.NotNull(record.Environment.Packages);
        Assert.NotNull(facts.Seed);
        Assert.Equal([("rate", "0.25")], (await _hub.Http.GetFromJsonAsync<RunTracking>($"/api/runs/{run.Id}/tracking", ContractJson.Options))!.Parameters.Select(one => (one.Name, one.Text)));
        Assert.True(verdict.Verdict == Verdict.BitIdentical && verdict.Altered.Count == 0, verdict.Text);
        Directory.Delete(Path.GetDirectoryName(stray)!, recursive: true);
    }

    [Fact]
    public async Task A_cell_that_fails_is_the_steps_fault_and_the_notebook_is_kept_as_far_as_it_came()
    {
        Need();
        var run = await RunAsync("bad", "{}", Cell("before = 1"), Cell("1 / 0"), Cell("after = 1"));

        Assert.Equal(RunSubStatus.Faulted, run.SubStatus);
        Assert.Contains("ZeroDivisionError: division by zero", run.Incidents[0].Message);
        var kept = (await _hub.Http.GetFromJsonAsync<JsonObject>($"/api/artifacts/{Assert.Single(await FilesAsync(run.Id)).Artifact.Sha256}"))!["cells"]!.AsArray();
        Assert.Equal([1, 2, null], kept.Select(cell => (int?)cell!["execution_count"]));
    }

    [Fact]
    public async Task What_is_no_notebook_and_an_interpreter_that_has_no_nbclient_are_said()
    {
        Need();
        await _hub.ImportAsync(Some.Chain("nonsense", Some.Activity("note", "Flows.Notebook", ("notebookText", Some.Text("{\"cells\": 3}")))));
        var bare = Directory.CreateTempSubdirectory("flows-bare-").FullName;
        var python = Path.Combine(bare, "python3");
        // An interpreter that sees no packages at all.
        await File.WriteAllTextAsync(python, "#!/bin/sh\nexec /usr/bin/python3 -S \"$@\"\n");
        using (var allow = System.Diagnostics.Process.Start("chmod", ["+x", python])) await allow.WaitForExitAsync();
        await _hub.ImportAsync(Some.Chain("bare", Some.Activity("note", "Flows.Notebook", ("notebookText", Some.Text(Notebook(Cell("1")))), ("interpreter", Some.Text(python)))));

        Assert.Contains("The notebook cannot be read", (await _hub.RunAsync("nonsense")).Incidents[0].Message);
        Assert.Contains("does not find nbclient, nbformat, ipykernel. Install Debian's python3-nbclient", (await _hub.RunAsync("bare")).Incidents[0].Message);
        Directory.Delete(bare, recursive: true);
    }

    private static void Need()
    {
        if (Directory.Exists("/usr/lib/python3/dist-packages/nbclient") && Directory.Exists("/usr/lib/python3/dist-packages/ipykernel")) return;
        Assert.False(Environment.GetEnvironmentVariable("FLOWS_CI") == "1", "nbclient or ipykernel is missing: install Debian's python3-nbclient and python3-ipykernel");
        Assert.Skip("no nbclient on this machine: install Debian's python3-nbclient and python3-ipykernel");
    }

    private async Task<RunRecord> RunAsync(string id, string ports, params JsonObject[] cells)
    {
        await ImportAsync(id, ports);
        await PutAsync(id, "work.ipynb", Notebook(cells));
        return await _hub.RunAsync(id);
    }

    private Task ImportAsync(string id, string ports) =>
        _hub.ImportAsync(Some.Chain(id, Some.Activity("note", "Flows.Notebook", ("notebookFile", Some.Text("work.ipynb")), ("customProperties", new JsonObject { ["ports"] = JsonNode.Parse(ports) }))));

    private async Task PutAsync(string id, string file, string text) => Assert.True((await _hub.Http.PutAsync($"/api/flows/{id}/files/{file}", new StringContent(text))).IsSuccessStatusCode);

    private static string Notebook(params JsonObject[] cells) => new JsonObject { ["nbformat"] = 4, ["nbformat_minor"] = 5, ["metadata"] = new JsonObject(), ["cells"] = new JsonArray([.. cells]) }.ToJsonString();

    private static JsonObject Cell(string source, params string[] tags) => new()
    {
        ["cell_type"] = "code", ["id"] = "c" + Guid.NewGuid().ToString("N")[..8], ["execution_count"] = null, ["outputs"] = new JsonArray(), ["source"] = source,
        ["metadata"] = new JsonObject { ["tags"] = new JsonArray([.. tags.Select(tag => (JsonNode)tag)]) },
    };

    private static string Source(JsonNode cell) => cell["source"] is JsonArray lines ? string.Concat(lines.Select(line => (string?)line)) : (string?)cell["source"] ?? "";

    private async Task<IReadOnlyList<TrackedFile>> FilesAsync(string run) => (await _hub.Http.GetFromJsonAsync<RunTracking>($"/api/runs/{run}/tracking", ContractJson.Options))!.Files;

    private async Task<IReadOnlyList<LogLine>> LogAsync(string run) => (await _hub.Http.GetFromJsonAsync<IReadOnlyList<LogLine>>($"/api/runs/{run}/logs", ContractJson.Options))!;
}
