using System.Text.Json.Nodes;
using Flows.Contract.Runs;
using Flows.Tests.Support;

namespace Flows.Tests.Reproductions;

/// <summary>A flow of a file and a script that counts its rows; the script waits as long as the test holds it.</summary>
internal sealed class CountingFlow(TestHub hub, string id) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flows-held-").FullName;

    private string Held => Path.Combine(_folder, "held");

    public async Task<RunRecord> RunAsync()
    {
        var read = Some.Activity("read", "Flows.FileSource", ("path", Some.Text("rows.csv")), ("table", JsonNode.Parse("""{"typeName":"Object","memoryReference":{"id":"rows"}}""")!));
        var count = Some.Activity("count", "Flows.PythonScript", ("script", Some.Text($$"""
            import flows, os, time
            while os.path.exists("{{Held}}"): time.sleep(0.02)
            open(flows.output("lines.txt"), "w").write(str(len(list(flows.rows("rows")))))
            """)), ("randomSeed", Some.Text("7")),
            ("rows", JsonNode.Parse("""{"typeName":"Object","expression":{"type":"Variable","value":{"id":"rows","name":"rows"}}}""")!),
            ("customProperties", JsonNode.Parse("""{"ports":{"inputs":[{"name":"rows","type":"Table"}],"outputs":[{"name":"lines","type":"File"}]}}""")!));
        await hub.ImportAsync(Some.Chain(id, read, count).WithVariable("rows"));
        await PutAsync("day,n\n1,2\n2,3\n");
        var run = await hub.RunAsync(id);
        Assert.True(run.SubStatus == RunSubStatus.Finished, string.Join('\n', run.Incidents));
        return run;
    }

    public async Task PutAsync(string rows) => (await hub.Http.PutAsync($"/api/flows/{id}/files/rows.csv", new StringContent(rows))).EnsureSuccessStatusCode();

    public void Hold() => File.WriteAllText(Held, "");

    public void LetGo() => File.Delete(Held);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
