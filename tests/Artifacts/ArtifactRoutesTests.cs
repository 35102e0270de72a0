using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using Flows.Contract;
using Flows.Contract.Artifacts;
using Flows.Hub.Artifacts;
using Flows.Library.Data;
using Flows.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Artifacts;

public sealed class ArtifactRoutesTests(SharedHub shared) : IClassFixture<SharedHub>
{
    private const string Hello = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    private readonly TestHub _hub = shared.Hub;

    private ArtifactStore Store => _hub.Services.GetRequiredService<ArtifactStore>();

    [Fact]
    public async Task What_is_put_is_read_back_whole_in_ranges_and_by_etag()
    {
        var put = await _hub.Http.PutAsync($"/api/artifacts/{Hello}", Text("hello"));
        var whole = await _hub.Http.GetAsync($"/api/artifacts/{Hello}?name=greeting.txt");
        var part = await SendAsync(HttpMethod.Get, request => request.Headers.Range = new RangeHeaderValue(1, 3));
        var unchanged = await SendAsync(HttpMethod.Get, request => request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue($"\"{Hello}\"")));
        var head = await SendAsync(HttpMethod.Head, _ => { });

        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        Assert.Equal("hello", await whole.Content.ReadAsStringAsync());
        Assert.Equal("text/plain", whole.Content.Headers.ContentType!.MediaType);
        Assert.Equal("nosniff", whole.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal((HttpStatusCode.PartialContent, "ell"), (part.StatusCode, await part.Content.ReadAsStringAsync()));
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        Assert.Equal((HttpStatusCode.OK, 5L), (head.StatusCode, head.Content.Headers.ContentLength));
    }

    [Fact]
    public async Task A_web_page_is_offered_for_saving_and_a_hostile_name_stays_a_name()
    {
        await _hub.Http.PutAsync($"/api/artifacts/{Hello}", Text("hello"));

        var page = await _hub.Http.GetAsync($"/api/artifacts/{Hello}?name={Uri.EscapeDataString("../a\"b\r\nX: y.html")}");

        Assert.Equal("attachment", page.Content.Headers.ContentDisposition!.DispositionType);
        Assert.False(page.Headers.Contains("X"));
        Assert.Contains("sandbox", page.Headers.GetValues("Content-Security-Policy").Single());
    }

    [Theory]
    [InlineData("nonsense", HttpStatusCode.BadRequest)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", HttpStatusCode.NotFound)]
    [InlineData("..%2F..%2Fflows.db", HttpStatusCode.BadRequest)]
    public async Task What_is_not_there_is_a_problem_that_says_so(string address, HttpStatusCode expected)
    {
        var answer = await _hub.Http.GetAsync($"/api/artifacts/{address}");

        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Bytes_under_a_wrong_digest_are_refused_and_damaged_ones_are_not_served()
    {
        var whole = Convert.ToHexStringLower(SHA256.HashData("whole"u8));
        var wrong = await _hub.Http.PutAsync($"/api/artifacts/{whole}", Text("hole"));
        await _hub.Http.PutAsync($"/api/artifacts/{whole}", Text("whole"));
        File.SetAttributes(Store.PathOf(whole), FileAttributes.Normal);
        await File.WriteAllTextAsync(Store.PathOf(whole), "wholE");

        var damaged = await _hub.Http.GetAsync($"/api/artifacts/{whole}");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        Assert.Equal(HttpStatusCode.InternalServerError, damaged.StatusCode);
        Assert.Contains("is damaged", await damaged.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_upload_of_forty_megabytes_gets_its_digest()
    {
        var bytes = new byte[40 * 1024 * 1024];

        var answer = await _hub.Http.PostAsync("/api/artifacts?name=zeros.bin&kind=File", new ByteArrayContent(bytes));
        var artifact = await answer.Content.ReadFromJsonAsync<Artifact>(ContractJson.Options);

        Assert.Equal((HttpStatusCode.Created, Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length), (answer.StatusCode, artifact!.Sha256, artifact.Size));
    }

    [Fact]
    public async Task A_file_of_a_folder_has_an_address_of_its_own()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_hub.Data, "model", "sub")).Parent!.FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "sub", "facts.json"), "{}");
        var artifact = await Store.PutFileAsync(folder, "Model");

        var file = await _hub.Http.GetAsync($"/api/artifacts/{artifact.Sha256}/sub/facts.json");
        var gone = await _hub.Http.GetAsync($"/api/artifacts/{artifact.Sha256}/sub/none.json");
        var preview = await PreviewAsync(artifact.Sha256, "Model");

        Assert.Equal("{}", await file.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.Equal("sub/facts.json  2 bytes", preview.Text);
    }

    [Fact]
    public async Task A_table_is_previewed_with_a_profile_of_each_column()
    {
        var path = Path.Combine(_hub.Data, "rows.parquet");
        using (var database = new TableDatabase(_hub.Data))
            database.WriteParquet("select case when range < 10 then null else range end as n, case when range % 4 = 0 then 'a' else 'b' end as kind, range % 2 = 0 as flag, date '2020-01-01' + range::int as day from range(250)", path);
        var table = await Store.PutFileAsync(path, "Table");

        var preview = await PreviewAsync(table.Sha256, "Table");

        Assert.Equal((250L, 100), (preview.Rows, preview.Sample!.Count));
        Assert.Equal("""[null,"a",true,"2020-01-01"]""", preview.Sample[0].ToJsonString());
        var number = preview.Columns![0];
        Assert.Equal(("n", 10L, 240L, "10", "249"), (number.Name, number.Missing, number.Distinct, number.Minimum, number.Maximum));
        Assert.Equal((20, 240L), (number.Histogram.Count, number.Histogram.Sum(bin => bin.Count)));
        Assert.Equal([new HistogramBin("b", 187), new HistogramBin("a", 63)], preview.Columns[1].Histogram);
    }

    [Fact]
    public async Task A_text_is_cut_at_64_kilobytes_metrics_are_facts_and_bytes_are_nothing()
    {
        var text = await PutAsync(Encoding.UTF8.GetBytes(new string('x', 100_000)));
        var metrics = await PutAsync("{\"accuracy\":0.5}"u8.ToArray());
        var bytes = await PutAsync([1, 0, 2]);

        Assert.Equal(64 * 1024, (await PreviewAsync(text, "File")).Text!.Length);
        Assert.Equal(0.5, (await PreviewAsync(metrics, "Metrics")).Facts!["accuracy"]!.GetValue<double>());
        Assert.Null((await PreviewAsync(bytes, "File")).Text);
        Assert.Equal(HttpStatusCode.BadRequest, (await _hub.Http.GetAsync($"/api/previews/{bytes}?kind=Table")).StatusCode);
    }

    private async Task<string> PutAsync(byte[] bytes) => (await Store.PutAsync(new MemoryStream(bytes))).Sha256;

    private async Task<ArtifactPreview> PreviewAsync(string sha256, string kind)
    {
        var answer = await _hub.Http.GetAsync($"/api/previews/{sha256}?kind={kind}");
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<ArtifactPreview>(ContractJson.Options))!;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, Action<HttpRequestMessage> change)
    {
        using var request = new HttpRequestMessage(method, $"/api/artifacts/{Hello}");
        change(request);
        return await _hub.Http.SendAsync(request);
    }

    private static StringContent Text(string text) => new(text, Encoding.UTF8, "application/octet-stream");

}
