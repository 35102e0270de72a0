using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Artifacts;
using Flows.Contract.DataSets;
using Flows.Contract.Models;
using Flows.Contract.Runs;
using Flows.Contract.Tracking;
using Flows.Hub.Storage;
using Flows.Hub.Sync;
using Flows.Tests.Library;
using Flows.Tests.Support;

namespace Flows.Tests.Sync;

/// <summary>What a laptop recorded comes to the hub: all of it, once, whatever is cut in between.</summary>
public sealed class SyncTests(SharedHub shared) : IClassFixture<SharedHub>
{
    private const string Train = """
        import flows, os
        rate = flows.param("rate", 0.5)
        open("rows.csv", "w").write("a,b\n1,2\n")
        flows.input("rows.csv")
        for epoch in range(300):
            flows.metric("val/loss", rate / (epoch + 1))
        flows.metric("strange", float("nan"))
        flows.image("sample", [[0, 255], [255, 0]])
        flows.plot("errors", {"train": [3, 2, 1]}, x=[10, 20, 30])
        os.makedirs(flows.output("all/deep"), exist_ok=True)
        open("all/one.txt", "w").write("1" * 3000)
        open("all/deep/two.txt", "w").write("2" * 5000)
        flows.output("all")
        flows.dataset("laptop-rows", [{"a": 1}, {"a": 2}])
        class Model:
            def predict(self, rows): return [0 for _ in rows]
        flows.model("laptop-model", Model(), label="y", features=["a"], example={"a": 1})
        flows.publish("good enough")
        """;

    private readonly TestHub _hub = shared.Hub;

    [Fact]
    public async Task A_run_that_was_recorded_on_a_laptop_is_there_with_all_that_it_has_and_cuts_and_repetitions_change_nothing()
    {
        using var laptop = new SdkProgram();
        await GitAsync(laptop.Folder);
        await laptop.GoodAsync(Train);
        var id = laptop.RunId;

        var cuts = 0;
        for (var bytes = 700L; !await SyncAsync(laptop, bytes); bytes = bytes * 3 / 2) cuts++;
        Assert.True(cuts >= 5, $"cut only {cuts} times");
        var once = await AllAsync(id);
        using (var again = new SyncClient(_hub.Url, null))
        {
            await RecordedFolder.Find(laptop.Folder)!.PushAsync(again, default);
            Assert.Equal((0, 0, 0, 0), (again.Sent.Runs, again.Sent.Files, again.Sent.Entries, again.Sent.Refused.Count));
        }
        // The SDK's own way, once more over what is there.
        var (code, said, errors) = await EndAsync(laptop.Start("-m", "flows.sync", "--server", _hub.Url));

        Assert.Equal((0, "0 new runs, 0 files, 0 entries", ""), (code, said.Trim(), errors));
        Assert.Equal(once, await AllAsync(id));
        await IsWholeAsync(id);
        foreach (var way in (string[])["resume", "rerun?from=train", "reproduce"])
        {
            var refused = await _hub.Http.PostAsync($"/api/runs/{id}/{way}", null);
            Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
            Assert.Contains("carried out elsewhere", await refused.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task The_SDK_brings_a_run_by_itself_while_it_goes_on()
    {
        using var laptop = new SdkProgram().With("FLOWS_SERVER", _hub.Url).With("FLOWS_SYNC", "background");

        var errors = await laptop.GoodAsync("import flows\nfor i in range(20): flows.metric('loss', i)\nflows.publish('done')\nflows.metric('late', 1)\n", "auto.py");

        Assert.Equal("", errors);
        Assert.Equal([("late", 1), ("loss", 20)], (await MetricsAsync(laptop.RunId)).Select(series => (series.Name, series.Count)));
        Assert.Equal(RunSubStatus.Finished, (await _hub.RecordAsync(laptop.RunId)).SubStatus);
    }

    [Fact]
    public async Task The_SDK_is_installed_from_its_folder_by_Debians_pip_without_a_network_and_syncs_as_a_program()
    {
        Assert.SkipUnless(Directory.Exists("/usr/lib/python3/dist-packages/pip"), "python3-pip is not installed");
        using var laptop = new SdkProgram();
        var installed = Path.Combine(laptop.Folder, "installed");
        var (code, output, errors) = await EndAsync(laptop.Start("-m", "pip", "install", "--no-index", "--no-cache-dir", "--quiet", "--target", installed, Path.Combine(LibraryFlows.Folder, "..", "activities", "python")));
        Assert.True(code == 0, output + errors);

        laptop.With("PYTHONPATH", installed);
        await laptop.GoodAsync("import flows\nassert 'installed' in flows.__file__\nflows.metric('loss', 1)\n", "installed.py");
        using var sync = Process.Start(new ProcessStartInfo(Path.Combine(installed, "bin", "flows-sync"), ["--server", _hub.Url]) { WorkingDirectory = laptop.Folder, RedirectStandardOutput = true, Environment = { ["PYTHONPATH"] = installed } })!;
        var said = await sync.StandardOutput.ReadToEndAsync();

        Assert.StartsWith("1 new runs", said);
        Assert.Equal(1, Assert.Single(await MetricsAsync(laptop.RunId)).Count);
    }

    [Fact]
    public async Task The_programs_own_sync_brings_a_data_folder_and_goes_on_watching_until_it_is_told_to_stop()
    {
        Assert.SkipWhen(IgnoresCtrlC(), "Ctrl-C is ignored where this runs, as in the background of a shell, and so it is by every process that is started here");
        var data = Path.Combine(Directory.CreateTempSubdirectory("flows-laptop-").FullName, "data");
        string run;
        await using (var own = await TestHub.StartAsync(data))
        {
            await own.ImportAsync(Some.Chain("of-the-laptop", Some.Line("a", "hello")));
            run = (await own.RunAsync("of-the-laptop")).Id;
        }

        using var sync = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "flows.dll"), "sync", Path.GetDirectoryName(data)!, "--server", _hub.Url, "--watch", "1"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = sync.StandardError.ReadToEndAsync();
        var (first, second) = (await sync.StandardOutput.ReadLineAsync(), await sync.StandardOutput.ReadLineAsync());
        // Nothing was written since, so that no round starts a server, which somebody else who has the folder would not let it.
        string?[] idle;
        using (DataFolder.Own(data)) idle = [await sync.StandardOutput.ReadLineAsync(), await sync.StandardOutput.ReadLineAsync()];
        Assert.All(idle, line => Assert.Equal(second, line));
        // What Ctrl-C sends, in the middle of a round: the server that reads the folder is up, since somebody wrote.
        File.SetLastWriteTimeUtc(Path.Combine(data, "flows.db"), TimeProvider.System.GetUtcNow().UtcDateTime);
        await Eventually.TrueAsync(() => Task.FromResult(DataFolder.OwnerOf(data) is not null));
        using (var stop = Process.Start("kill", ["-INT", $"{sync.Id}"])) await stop.WaitForExitAsync();
        await sync.WaitForExitAsync();

        Assert.Equal(("1 new runs, 0 files, 0 entries, 1 flows", "0 new runs, 0 files, 0 entries, 0 flows", 130), (first, second, sync.ExitCode));
        Assert.Equal("", await errors);
        Assert.Equal(["hello"], (await _hub.RecordAsync(run)).Lines);
        Directory.Delete(Path.GetDirectoryName(data)!, recursive: true);
    }

    // Bit 1 of the signals that proc(5) calls ignored is SIGINT.
    private static bool IgnoresCtrlC() => File.ReadLines("/proc/self/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) is var line && (Convert.ToUInt64(line[7..].Trim(), 16) & 2) != 0;

    [Fact]
    public async Task A_script_that_is_killed_in_the_middle_of_a_line_leaves_a_record_that_is_read_and_shown_as_interrupted()
    {
        using var laptop = new SdkProgram();
        var (code, _, _) = await laptop.RunAsync("import flows, os, signal\nfrom flows.current import current\nfor i in range(50): flows.metric('loss', i)\ncurrent().flush()\nos.kill(os.getpid(), signal.SIGKILL)\n");
        Assert.NotEqual(0, code);
        var file = Assert.Single(Directory.GetFiles(laptop.Runs[0], "*.jsonl"));
        await File.AppendAllTextAsync(file, "{\"metric\":\"loss\",\"val");

        using var client = new SyncClient(_hub.Url, null);
        await RecordedFolder.Find(laptop.Folder)!.PushAsync(client, default);

        Assert.Empty(client.Sent.Refused);
        Assert.Equal(50, Assert.Single(await MetricsAsync(laptop.RunId)).Count);
        // Had it only been looked at too early, the rest would come.
        await File.AppendAllTextAsync(file, "ue\":1,\"step\":50,\"at\":0}\n");
        await RecordedFolder.Find(laptop.Folder)!.PushAsync(client, default);
        Assert.Equal(51, Assert.Single(await MetricsAsync(laptop.RunId)).Count);
        Assert.Equal((RunStatus.Finished, RunSubStatus.Interrupted), ((await _hub.RecordAsync(laptop.RunId)).Status, (await _hub.RecordAsync(laptop.RunId)).SubStatus));
    }

    [Fact]
    public async Task A_line_that_is_damaged_or_refused_is_said_and_costs_itself_alone()
    {
        using var laptop = new SdkProgram();
        await laptop.GoodAsync("import flows\nflows.metric('first', 1)\n");
        var file = Assert.Single(Directory.GetFiles(laptop.Runs[0], "*.jsonl"));
        await File.AppendAllTextAsync(file, "{\"metric\":\"lo\0\n{\"metric\":\"../../up\",\"value\":1,\"step\":0,\"at\":0}\n{\"metric\":\"last\",\"value\":2,\"step\":0,\"at\":0}\n");

        using var client = new SyncClient(_hub.Url, null);
        await RecordedFolder.Find(laptop.Folder)!.PushAsync(client, default);

        Assert.Contains("\"../../up\" cannot name a metric", Assert.Single(client.Sent.Refused));
        Assert.Equal(["first", "last"], (await MetricsAsync(laptop.RunId)).Select(series => series.Name));
    }

    [Fact]
    public async Task What_is_more_than_a_batch_may_hold_comes_in_several()
    {
        // Ten million characters, of which the server takes eight at once.
        const string much = "import flows\nfor i in range(1250): flows.tag(f'note {i}', 'x' * 8000)\n";
        using var laptop = new SdkProgram();
        await laptop.GoodAsync(much);
        using var client = new SyncClient(_hub.Url, null);

        await RecordedFolder.Find(laptop.Folder)!.PushAsync(client, default);
        using var other = new SdkProgram();
        await other.GoodAsync(much);
        var (code, said, _) = await EndAsync(other.Start("-m", "flows.sync", "--server", _hub.Url));

        Assert.Empty(client.Sent.Refused);
        Assert.Equal(0, code);
        Assert.StartsWith("1 new runs", said);
        foreach (var run in (string[])[laptop.RunId, other.RunId])
            Assert.Equal(1250, (await _hub.Http.GetFromJsonAsync<RunTracking>($"/api/runs/{run}/tracking", ContractJson.Options))!.Tags.Count(tag => tag.Name.StartsWith("note ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Links_and_paths_that_climb_out_are_refused_where_they_are_named()
    {
        using var laptop = new SdkProgram();
        await laptop.GoodAsync("""
            import flows, os
            os.symlink("/etc/passwd", "link")
            os.mkdir("folder"); os.symlink("/etc", "folder/out")
            for data in ("link", "folder"):
                try: flows.dataset("d", data)
                except ValueError as refused: print(refused)
                else: raise SystemExit("taken")
            for name in ("../up", "a/../../b", "/etc", "a\\b", "x\n"):
                for call in (flows.metric, flows.tag, flows.image):
                    try: call(name, "x" if call == flows.tag else 1 if call == flows.metric else b"\x89PNG\r\n\x1a\n")
                    except ValueError as refused: assert "cannot name a" in str(refused), refused
                    else: raise SystemExit(name)
            """);
        // Somebody's folder may say anything.
        var run = Path.Combine(laptop.Runs[0], "run.json");
        await File.WriteAllTextAsync(run, (await File.ReadAllTextAsync(run)).Replace("\"outputs\": {}", "\"outputs\": {\"x\": {\"kind\": \"File\", \"name\": \"x\", \"size\": 1, \"sha256\": \"../../../../../../etc/passwd\"}}", StringComparison.Ordinal));

        using var client = new SyncClient(_hub.Url, null);
        await RecordedFolder.Find(laptop.Folder)!.PushAsync(client, default);

        Assert.Contains("is no digest of a file", Assert.Single(client.Sent.Refused));
        Assert.Equal(HttpStatusCode.NotFound, (await _hub.Http.GetAsync($"/api/runs/{laptop.RunId}")).StatusCode);
    }

    [Fact]
    public async Task A_client_that_dies_in_the_middle_of_an_upload_leaves_nothing()
    {
        var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(new byte[100_000]));
        using (var dying = new TcpClient())
        {
            var server = new Uri(_hub.Url);
            await dying.ConnectAsync(server.Host, server.Port);
            await dying.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"PUT /api/artifacts/{digest} HTTP/1.1\r\nHost: {server.Authority}\r\nContent-Length: 100000\r\n\r\n"));
            await dying.GetStream().WriteAsync(new byte[60_000]);
            var incoming = Path.Combine(_hub.Data, "artifacts", "incoming");
            await Eventually.TrueAsync(() => Directory.Exists(incoming) && Directory.EnumerateFiles(incoming).Any(file => new FileInfo(file).Length >= 0), "the upload begins");
            dying.LingerState = new LingerOption(true, 0);
        }

        await Eventually.TrueAsync(() => !Directory.EnumerateFiles(Path.Combine(_hub.Data, "artifacts", "incoming")).Any(), "what came of it is removed");
        Assert.Equal(HttpStatusCode.NotFound, (await _hub.Http.GetAsync($"/api/artifacts/{digest}")).StatusCode);
    }

    [Fact]
    public async Task A_run_whose_files_are_not_there_or_whose_id_is_anothers_is_refused_with_all_its_mistakes()
    {
        await _hub.ImportAsync(Some.Chain("own", Some.Line("a", "hello")));
        var own = await _hub.RunAsync("own");
        var definition = new JsonObject { ["definitionId"] = "own", ["root"] = new JsonObject { ["id"] = "r", ["type"] = "Elsa.Flowchart" } };

        var taken = await PutAsync(own.Id, new RecordedRun { Record = own, Definition = definition });
        var (empty, mistakes) = await PutAsync("../up", new RecordedRun());
        var missing = await PutAsync("20200101000000000-00000000aa", new RecordedRun
        {
            Record = new RunRecord { Id = "20200101000000000-00000000aa", DefinitionId = "own", Output = new JsonObject { ["x"] = new JsonObject { ["sha256"] = new string('e', 64), ["kind"] = "File", ["name"] = "x", ["size"] = 1 } } }, Definition = definition,
        });

        Assert.Equal(HttpStatusCode.Conflict, taken.Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, empty);
        Assert.Equal(["bad-id", "no-record", "no-definition"], mistakes["problems"]!.AsArray().Select(problem => (string?)problem!["code"]));
        Assert.Equal("no-artifact", (string?)missing.Answer["problems"]![0]!["code"]);
        Assert.Equal(own.FinishedAt, (await _hub.RecordAsync(own.Id)).FinishedAt);
    }

    private async Task<bool> SyncAsync(SdkProgram laptop, long bytes)
    {
        await using var line = new ShortLine(_hub.Url, bytes);
        using var client = new SyncClient(line.Url, null);
        try { await RecordedFolder.Find(laptop.Folder)!.PushAsync(client, default); }
        catch (Exception cut) when (cut is HttpRequestException or IOException) { return false; }
        Assert.Empty(client.Sent.Refused);
        return true;
    }

    private async Task IsWholeAsync(string id)
    {
        var record = await _hub.RecordAsync(id);
        Assert.Equal((RunSubStatus.Finished, $"sync {Environment.UserName}@{Environment.MachineName}", "local"), (record.SubStatus, record.Trigger, record.Author));
        Assert.Contains((await _hub.Http.GetFromJsonAsync<IReadOnlyList<RunSummary>>("/api/runs", ContractJson.Options))!, run => run.Id == id && run.Name == "train");
        Assert.Equal([("strange", 1), ("val/loss", 300)], (await MetricsAsync(id)).Select(series => (series.Name, series.Count)));
        Assert.Equal((double.NaN, 0.5 / 300), (record.Steps[0].Metrics!["strange"], record.Steps[0].Metrics!["val/loss"]));
        var facts = (await _hub.Http.GetFromJsonAsync<RunTracking>($"/api/runs/{id}/tracking", ContractJson.Options))!;
        Assert.Equal("0.5", facts.Parameters.Single(one => one.Name == "rate").Text);
        Assert.Equal(40, facts.Tags.Single(one => one.Name == "git.commit").Text.Length);
        Assert.Equal("true", facts.Tags.Single(one => one.Name == "git.dirty").Text);
        Assert.Equal(["code/train.py", "code/uncommitted.patch", "errors", "sample"], facts.Files.Select(file => file.Name).Order());
        Assert.Contains("+changed", await _hub.Http.GetStringAsync($"/api/artifacts/{facts.Files.Single(file => file.Name == "code/uncommitted.patch").Artifact.Sha256}"));
        var all = Artifact.From(record.Steps[0].Outputs!["all"])!;
        Assert.Equal(new string('2', 5000), await _hub.Http.GetStringAsync($"/api/artifacts/{all.Sha256}/deep/two.txt"));
        Assert.Equal("a,b\n1,2\n", await _hub.Http.GetStringAsync($"/api/artifacts/{Artifact.From(record.Steps[0].Inputs!["rows.csv"])!.Sha256}"));
        Assert.Equal((1, id), (Assert.Single((await _hub.Http.GetFromJsonAsync<IReadOnlyList<DataSetVersion>>("/api/datasets/laptop-rows", ContractJson.Options))!) is var data ? (data.Version, data.RunId) : default));
        var model = Assert.Single((await _hub.Http.GetFromJsonAsync<IReadOnlyList<ModelVersion>>("/api/models/laptop-model", ContractJson.Options))!);
        Assert.Equal((id, "good enough"), (model.RunId, model.Description));
    }

    // What there is to see of a run, as text.
    private async Task<string> AllAsync(string id) => string.Join('\n', await Task.WhenAll(((string[])[$"/api/runs/{id}", $"/api/runs/{id}/definition", $"/api/runs/{id}/tracking", $"/api/runs/{id}/metrics?points=10000", "/api/models/laptop-model", "/api/datasets/laptop-rows"]).Select(path => _hub.Http.GetStringAsync(path))));

    private async Task<IReadOnlyList<MetricSeries>> MetricsAsync(string run) => (await _hub.Http.GetFromJsonAsync<IReadOnlyList<MetricSeries>>($"/api/runs/{run}/metrics", ContractJson.Options))!;

    private async Task<(HttpStatusCode Status, JsonObject Answer)> PutAsync(string id, RecordedRun run)
    {
        using var answer = await _hub.Http.PutAsJsonAsync($"/api/sync/runs/{Uri.EscapeDataString(id)}", run, ContractJson.Options);
        return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonObject>())!);
    }

    private static async Task<(int Code, string Output, string Errors)> EndAsync(Process process)
    {
        using (process)
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            return (process.ExitCode, await output, await errors);
        }
    }

    private static async Task GitAsync(string folder)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "notes.txt"), "begun\n");
        using var git = Process.Start(new ProcessStartInfo("sh", ["-c", "git init -q . && git add notes.txt && git -c user.name=a -c user.email=a@b commit -q -m begun && echo changed >> notes.txt"]) { WorkingDirectory = folder })!;
        await git.WaitForExitAsync();
        Assert.Equal(0, git.ExitCode);
    }
}
