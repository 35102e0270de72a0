using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Flows.Tests.Support;

// Not Flows.Tests.Flows: there, other tests could no longer say Flows.Contract.
namespace Flows.Tests.StoredFlows;

public sealed class BundleTests(SharedHub shared) : IClassFixture<SharedHub>
{
    [Fact]
    public async Task A_bundle_carries_a_flow_and_its_files_to_another_server()
    {
        await using var from = await TestHub.StartAsync();
        await using var to = await TestHub.StartAsync();
        await from.ImportAsync(Some.Chain("packed", Some.Line("a", "here")));
        await from.Http.PutAsync("/api/flows/packed/files/data/rows.csv", new StringContent("a,b"));

        var bundle = await from.Http.GetByteArrayAsync("/api/flows/packed/export?format=bundle");
        var answer = await to.Http.PostAsync("/api/flows/import?publish=true", new ByteArrayContent(bundle));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(["here"], (await to.RunAsync("packed")).Lines);
        Assert.Equal("a,b", await to.Http.GetStringAsync("/api/flows/packed/files/data/rows.csv"));
        using var zip = new ZipArchive(new MemoryStream(bundle));
        var manifest = (await JsonNode.ParseAsync(await zip.GetEntry("manifest.json")!.OpenAsync()))!;
        Assert.Equal("packed", (string?)manifest["flows"]![0]!["definitionId"]);
        Assert.Equal("data/rows.csv", (string?)manifest["files"]![0]!["path"]);
    }

    [Theory]
    [InlineData("files/evil/../../../../escaped.txt")]
    [InlineData("files/../escaped.txt")]
    [InlineData("files/evil//etc/escaped.txt")]
    public async Task A_bundle_whose_files_climb_out_is_refused_whole(string entry)
    {
        var hub = shared.Hub;
        var bundle = Zip(("flows/evil.json", Some.Chain("evil", Some.Line("a", "x"))), (entry, "escaped"));

        var answer = await hub.Http.PostAsync("/api/flows/import", new ByteArrayContent(bundle));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("[]", await hub.Http.GetStringAsync("/api/flows"));
        Assert.Empty(Directory.EnumerateFiles(hub.Data, "escaped.txt", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_bundle_that_unpacks_to_far_more_than_it_weighs_is_refused()
    {
        var hub = shared.Hub;
        var bundle = new MemoryStream();
        using (var zip = new ZipArchive(bundle, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var bomb = zip.CreateEntry("flows/bomb.json", CompressionLevel.Fastest).Open();
            var zeros = new byte[1 << 20];
            for (var megabyte = 0; megabyte < 100; megabyte++) bomb.Write(zeros);
        }

        var answer = await hub.Http.PostAsync("/api/flows/import", new ByteArrayContent(bundle.ToArray()));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Theory]
    [InlineData("..%2F..%2Fescaped.txt")]
    [InlineData("%2Fetc%2Fpasswd")]
    [InlineData("a//b.txt")]
    public async Task A_files_path_never_leaves_the_flows_folder(string path)
    {
        var hub = shared.Hub;

        var read = await hub.Http.GetAsync($"/api/flows/mine/files/{path}");
        var write = await hub.Http.PutAsync($"/api/flows/mine/files/{path}", new StringContent("x"));
        var delete = await hub.Http.DeleteAsync($"/api/flows/mine/files/{path}");

        Assert.Equal([HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, HttpStatusCode.BadRequest], [read.StatusCode, write.StatusCode, delete.StatusCode]);
    }

    private static byte[] Zip(params (string Name, string Text)[] entries)
    {
        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in entries)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(text));
            }
        }
        return bytes.ToArray();
    }
}
