using System.Net;
using System.Net.Http.Json;
using Flows.Contract.Artifacts;
using Flows.Hub.Flows;
using Flows.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using TestContext = Xunit.TestContext;

namespace Flows.Tests.StoredFlows;

public sealed class FlowFilesTests(PostgresServer postgres)
{
    [Theory]
    [InlineData(StorageKind.Sqlite)]
    [InlineData(StorageKind.Postgres)]
    public async Task Files_are_listed_in_order_with_their_digests_and_the_newest_bytes_count(StorageKind kind)
    {
        using var storage = await TestStorage.NewAsync(kind, postgres);
        await using var hub = await TestHub.StartAsync(options: storage.Options);
        foreach (var (path, text) in (ValueTuple<string, string>[])[("b.csv", "old"), ("A.csv", "a"), ("b.csv", "new"), ("c/d/e.py", "print()")])
            (await hub.Http.PutAsync($"/api/flows/mine/files/{path}", new StringContent(text))).EnsureSuccessStatusCode();

        var files = (await hub.Http.GetFromJsonAsync<FlowFileEntry[]>("/api/flows/mine/files"))!;
        Assert.Equal(["A.csv", "b.csv", "c/d/e.py"], files.Select(file => file.Path));
        Assert.All(files, file => Assert.Equal(64, file.Sha256!.Length));
        Assert.Equal("new", await hub.Http.GetStringAsync("/api/flows/mine/files/b.csv"));
        Assert.Equal(HttpStatusCode.NoContent, (await hub.Http.DeleteAsync("/api/flows/mine/files/b.csv")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await hub.Http.GetAsync("/api/flows/mine/files/b.csv")).StatusCode);
    }

    [Theory]
    [InlineData(StorageKind.Sqlite, "a", "a/b")]
    [InlineData(StorageKind.Postgres, "a/b/c", "a/b")]
    public async Task A_path_cannot_be_a_file_and_a_folder_at_once(StorageKind kind, string first, string second)
    {
        using var storage = await TestStorage.NewAsync(kind, postgres);
        await using var hub = await TestHub.StartAsync(options: storage.Options);
        await hub.Http.PutAsync($"/api/flows/mine/files/{first}", new StringContent("x"));

        var clash = await hub.Http.PutAsync($"/api/flows/mine/files/{second}", new StringContent("y"));
        var beside = await hub.Http.PutAsync("/api/flows/mine/files/A", new StringContent("y"));

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.NoContent), (clash.StatusCode, beside.StatusCode));
    }

    [Fact]
    public async Task A_script_lies_beside_the_flows_other_scripts_as_they_are_now()
    {
        await using var hub = await TestHub.StartAsync();
        foreach (var (path, text) in (ValueTuple<string, string>[])[("steps/train.py", "import tools"), ("steps/tools.py", "old"), ("steps/tools.py", "new"), ("rows.csv", "a")])
            await hub.Http.PutAsync($"/api/flows/mine/files/{path}", new StringContent(text));
        var files = hub.Services.GetRequiredService<Func<string, IFlowFiles>>()("mine");

        var script = await files.FetchAsync("steps/train.py", TestContext.Current.CancellationToken);
        var table = await files.FetchAsync("rows.csv", TestContext.Current.CancellationToken);

        Assert.Equal("new", await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(script)!, "tools.py"), TestContext.Current.CancellationToken));
        Assert.Equal("rows.csv", Assert.Single(Directory.GetFiles(Path.GetDirectoryName(table)!).Select(Path.GetFileName)));
    }
}
