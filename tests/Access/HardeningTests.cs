using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using Flows.Hub.Access;
using Flows.Tests.Support;

namespace Flows.Tests.Access;

public sealed class HardeningTests(SharedHub shared, HardenedSite site) : IClassFixture<SharedHub>, IClassFixture<HardenedSite>
{
    [Fact]
    public async Task Pages_take_scripts_from_this_server_alone_and_are_framed_by_nobody()
    {
        foreach (var path in new[] { "/", "/api/flows", "/api/nothing", "/css/theme.css" })
        {
            var headers = (await shared.Hub.Http.GetAsync(path)).Headers;
            var policy = headers.GetValues("Content-Security-Policy").Single();
            Assert.Contains("script-src 'self' 'wasm-unsafe-eval';", policy);
            Assert.Contains("frame-ancestors 'none'", policy);
            Assert.Equal("nosniff", headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("same-origin", headers.GetValues("Referrer-Policy").Single());
        }
    }

    [Fact]
    public async Task What_flows_and_models_serve_has_an_origin_of_its_own()
    {
        foreach (var path in new[] { "/workflows/page", "/serve/model" })
            Assert.StartsWith("sandbox", (await shared.Hub.Http.GetAsync(path)).Headers.GetValues("Content-Security-Policy").Single());
    }

    [Theory]
    [InlineData("evil.example", "/api/flows", HttpStatusCode.Forbidden)]
    [InlineData("flows.example", "/api/me", HttpStatusCode.Unauthorized)]
    public async Task A_server_answers_to_its_own_names(string host, string path, HttpStatusCode expected)
    {
        using var browser = AccountsSite.Browser(site.Accounts.Hub);

        var answer = await browser.SendAsync(new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = host } });

        Assert.Equal(expected, answer.StatusCode);
    }

    [Theory]
    [InlineData("Origin", "https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "null", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-origin", HttpStatusCode.Created)]
    public async Task A_session_is_of_no_use_to_another_sites_page(string header, string value, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/flows") { Content = JsonContent.Create(new { name = "forged" }) };
        request.Headers.TryAddWithoutValidation(header, value);

        Assert.Equal(expected, (await site.Accounts.Administrator.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task Tries_to_sign_in_and_requests_by_token_are_limited()
    {
        await using var limited = await AccountsSite.StartAsync(new Dictionary<string, string?> { ["Access:SignInsPerMinute"] = "3", ["Access:RequestsPerMinute"] = "5" });
        using var browser = AccountsSite.Browser(limited.Hub);
        var program = limited.Program((await limited.TokenAsync(limited.Administrator, "default", Role.Viewer)).Token);

        var tries = new List<HttpStatusCode>();
        for (var i = 0; i < 4; i++) tries.Add((await AccountsSite.SignInAsync(browser, $"guess{i}", "wrong wrong wrong")).StatusCode);
        var requests = new List<HttpStatusCode>();
        for (var i = 0; i < 6; i++) requests.Add((await program.GetAsync("/api/flows")).StatusCode);

        Assert.Equal(HttpStatusCode.TooManyRequests, tries[^1]);
        Assert.Equal([.. Enumerable.Repeat(HttpStatusCode.OK, 5), HttpStatusCode.TooManyRequests], requests);
    }

    [Fact]
    public async Task A_webhook_and_an_address_that_asks_without_end_are_told_to_wait()
    {
        await using var site = await AccountsSite.StartAsync(new Dictionary<string, string?> { ["Access:OutsidePerMinute"] = "3" });
        var (hook, other) = ("/hooks/" + new string('a', 43), "/hooks/" + new string('b', 43));

        // One webhook, told from many addresses, and one address that tries many.
        HttpStatusCode[] told = [await FromAsync(site, 2, hook), await FromAsync(site, 2, hook), await FromAsync(site, 3, hook), await FromAsync(site, 4, hook), await FromAsync(site, 4, other)];
        HttpStatusCode[] asked = [await FromAsync(site, 5, "/workflows/a"), await FromAsync(site, 5, "/workflows/b"), await FromAsync(site, 5, other), await FromAsync(site, 5, "/workflows/c"), await FromAsync(site, 5, "/health")];

        Assert.Equal([HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.TooManyRequests, HttpStatusCode.NotFound], told);
        Assert.Equal([HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.TooManyRequests, HttpStatusCode.OK], asked);
    }

    // Without login a webhook is for this machine's programs: a name that leads here from elsewhere is not asked why.
    [Theory]
    [InlineData("/hooks/a-token-that-is-long-enough")]
    [InlineData("/workflows/page")]
    public async Task Without_login_webhooks_and_endpoints_answer_to_loopback_names_alone(string path)
    {
        await using var hub = await TestHub.StartAsync();

        HttpStatusCode[] answers = [.. await Task.WhenAll(new[] { "evil.example", "localhost", "127.0.0.1" }.Select(async host => (await hub.Http.SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Headers = { Host = host } })).StatusCode))];

        Assert.Equal([HttpStatusCode.Forbidden, HttpStatusCode.NotFound, HttpStatusCode.NotFound], answers);
    }

    // This machine has as many addresses as 127.0.0.0/8.
    private static async Task<HttpStatusCode> FromAsync(AccountsSite site, byte last, string path)
    {
        var to = new Uri(site.Hub.Url);
        using var handler = new SocketsHttpHandler { ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, last]), 0));
            await socket.ConnectAsync(IPAddress.Loopback, to.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        } };
        using var http = new HttpClient(handler) { BaseAddress = to };
        var answer = await http.SendAsync(new HttpRequestMessage(path == "/health" ? HttpMethod.Get : HttpMethod.Post, path));
        if (answer.StatusCode == HttpStatusCode.TooManyRequests) Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        return answer.StatusCode;
    }

    [Theory]
    [InlineData("local", "http://0.0.0.0:0", "has no login")]
    [InlineData("nonsense", "http://127.0.0.1:0", "local, accounts or oidc")]
    public void A_server_without_login_listens_on_loopback_alone(string mode, string urls, string says) =>
        Assert.Contains(says, Assert.Throws<Flows.Hub.Storage.StorageFault>(() => AccessMode.Of(mode, urls)).Message);

    [Theory]
    [InlineData("http://127.0.0.1:5100", true)]
    [InlineData("http://localhost:5100;http://[::1]:5100", true)]
    [InlineData("http://127.0.0.1:5100;http://10.0.0.1:5100", false)]
    [InlineData("http://*:5100", false)]
    [InlineData("http://+:5100", false)]
    [InlineData("https://flows.example", false)]
    public void Whoever_listens_elsewhere_has_people_sign_in(string urls, bool isLocal) => Assert.Equal(isLocal, AccessMode.Of(null, urls).IsLocal);

    [Fact]
    public async Task A_bundle_cannot_write_beside_the_flows_files_nor_unpack_without_end()
    {
        foreach (var name in new[] { "files/f/../../../evil.txt", "files/../evil.txt", "files/f//etc/passwd", "files/f/a\u0007b" })
        {
            var climbing = await shared.Hub.Http.PostAsync("/api/flows/import", new ByteArrayContent(Bundle((name, Encoding.UTF8.GetBytes("x")))));
            Assert.Equal(HttpStatusCode.BadRequest, climbing.StatusCode);
        }
        var bomb = await shared.Hub.Http.PostAsync("/api/flows/import", new ByteArrayContent(Lying(Bundle(("files/f/big.bin", new byte[3_000_000])), int.MaxValue)));

        Assert.Equal(HttpStatusCode.BadRequest, bomb.StatusCode);
        // Before anything is unpacked: what a bundle says that it is counts already.
        Assert.Contains("more than 1 GB", await bomb.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NotFound, (await shared.Hub.Http.GetAsync("/api/flows/f")).StatusCode);
        // What says less than it has does not become more.
        await shared.Hub.Http.PostAsync("/api/flows/import", new ByteArrayContent(Lying(Bundle(("files/f/big.bin", new byte[3_000_000])), 10)));
        Assert.DoesNotContain("3000000", await shared.Hub.Http.GetStringAsync("/api/flows/f/files"));
    }

    [Theory]
    [InlineData("a\tb")]
    [InlineData("d\u00e9j\u00e0")]
    public async Task A_request_id_that_is_no_line_of_ascii_is_not_given_back(string id)
    {
        using var http = new HttpClient(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 }) { BaseAddress = new Uri(shared.Hub.Url) };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/serve/none/v2");
        request.Headers.TryAddWithoutValidation("X-Request-Id", id);

        var answer = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Matches("^[0-9a-f]{32}$", answer.Headers.GetValues("X-Request-Id").Single());
    }

    [Theory]
    [InlineData("a\r\nSet-Cookie: x=y")]
    [InlineData("a.txt\"; filename*=UTF-8''b.html; x=\"")]
    [InlineData("d\u00e9j\u00e0.txt")]
    public async Task A_name_that_somebody_gives_a_file_is_all_in_one_header(string name)
    {
        var stored = await (await shared.Hub.Http.PostAsync("/api/artifacts?name=a.txt", new StringContent("a"))).Content.ReadFromJsonAsync<System.Text.Json.Nodes.JsonObject>();

        var answer = await shared.Hub.Http.GetAsync($"/api/artifacts/{stored!["sha256"]}?name={Uri.EscapeDataString(name)}");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(name, answer.Content.Headers.ContentDisposition!.FileNameStar);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    private static byte[] Bundle(params (string Name, byte[] Bytes)[] entries)
    {
        var bytes = new MemoryStream();
        using (var zip = new System.IO.Compression.ZipArchive(bytes, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries.Prepend(("flows/f.json", Encoding.UTF8.GetBytes("""{"definitionId":"f","name":"f","root":{"id":"r","type":"Elsa.Flowchart","activities":[],"connections":[]}}"""))))
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        }
        return bytes.ToArray();
    }

    // Says in the directory that the large entry has so many bytes.
    private static byte[] Lying(byte[] zip, int says)
    {
        var length = BitConverter.GetBytes(3_000_000);
        for (var at = zip.AsSpan().LastIndexOf(length); at >= 0; at = zip.AsSpan(0, at).LastIndexOf(length)) BitConverter.GetBytes(says).CopyTo(zip, at);
        return zip;
    }
}

/// <summary>One that is reached by a name of its own.</summary>
public sealed class HardenedSite : IAsyncLifetime
{
    public AccountsSite Accounts { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Accounts = await AccountsSite.StartAsync(new Dictionary<string, string?> { ["Access:Hosts:0"] = "flows.example" });

    public ValueTask DisposeAsync() => Accounts.DisposeAsync();
}
