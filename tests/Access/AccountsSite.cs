using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Flows.Contract;
using Flows.Hub;
using Flows.Hub.Access;
using Flows.Hub.Access.SigningIn;
using Flows.Hub.Access.Tokens;
using Flows.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Access;

/// <summary>A server on which people sign in, with its first administrator. As a fixture it is one for all tests of a class: each has people and projects of its own.</summary>
public sealed partial class AccountsSite : IAsyncLifetime
{
    public const string Password = "correct horse battery";

    private readonly List<HttpClient> _clients = [];
    private readonly IReadOnlyDictionary<string, string?> _settings;
    private readonly TimeProvider? _clock;
    private int _names;

    public AccountsSite() : this(null, null) { }

    private AccountsSite(IReadOnlyDictionary<string, string?>? settings, TimeProvider? clock) => (_settings, _clock) = (settings ?? new Dictionary<string, string?>(), clock);

    public TestHub Hub { get; private set; } = null!;

    /// <summary>Signed in as <c>root</c>.</summary>
    public HttpClient Administrator { get; private set; } = null!;

    public static async Task<AccountsSite> StartAsync(IReadOnlyDictionary<string, string?>? settings = null, TimeProvider? clock = null)
    {
        var site = new AccountsSite(settings, clock);
        await site.InitializeAsync();
        return site;
    }

    public async ValueTask InitializeAsync()
    {
        var settings = new Dictionary<string, string?> { ["Access:Mode"] = "accounts", ["Access:SignInsPerMinute"] = "1000" };
        foreach (var (name, value) in _settings) settings[name] = value;
        Hub = await TestHub.StartAsync(options: new HubOptions { Settings = settings }, clock: _clock);
        Administrator = Browser(Hub);
        var made = await PostFormAsync(Administrator, "/setup", new() { ["setup"] = Hub.Services.GetRequiredService<SetupCode>().Value, ["name"] = "root", ["password"] = Password });
        Assert.Equal((HttpStatusCode.Redirect, "/"), (made.StatusCode, made.Headers.Location?.ToString()));
    }

    /// <summary>A name that nobody and nothing has yet.</summary>
    public string Fresh(string name) => $"{name}-{Interlocked.Increment(ref _names)}";

    /// <summary>A browser as far as cookies go; it follows nothing by itself.</summary>
    public static HttpClient Browser(TestHub hub, bool follows = false) =>
        new(new SocketsHttpHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = follows }) { BaseAddress = new Uri(hub.Url) };

    /// <summary>Fills in a form of one of the server's pages, with its hidden fields.</summary>
    public static async Task<HttpResponseMessage> PostFormAsync(HttpClient browser, string page, Dictionary<string, string> fields)
    {
        return await PostFormAsync(browser, await browser.GetAsync(page), page, fields);
    }

    /// <summary>Fills in the form that a page's answer shows.</summary>
    public static async Task<HttpResponseMessage> PostFormAsync(HttpClient browser, HttpResponseMessage shown, string page, Dictionary<string, string> fields)
    {
        foreach (Match hidden in HiddenField().Matches(await shown.Content.ReadAsStringAsync())) fields.TryAdd(hidden.Groups[1].Value, WebUtility.HtmlDecode(hidden.Groups[2].Value));
        return await browser.PostAsync(page.Split('?')[0], new FormUrlEncodedContent(fields));
    }

    public static Task<HttpResponseMessage> SignInAsync(HttpClient browser, string name, string password = Password, string page = "/signin") =>
        PostFormAsync(browser, page, new() { ["name"] = name, ["password"] = password });

    /// <summary>A new project; its id.</summary>
    public async Task<string> ProjectAsync(string name)
    {
        var id = Fresh(name);
        Ok(await Administrator.PostAsJsonAsync("/api/projects", new { id }, ContractJson.Options));
        return id;
    }

    /// <summary>Makes an account, and gives it a role in a project; its name.</summary>
    public async Task<string> PersonAsync(string called, string? project = null, Role role = Role.Viewer)
    {
        var name = Fresh(called);
        Ok(await Administrator.PostAsJsonAsync("/api/people", new { name, password = Password }, ContractJson.Options));
        if (project is not null) Ok(await Administrator.PutAsJsonAsync($"/api/projects/{project}/members/person/{name}", new { role }, ContractJson.Options));
        return name;
    }

    /// <summary>The person's browser, signed in.</summary>
    public async Task<HttpClient> BrowserAsync(string name)
    {
        var browser = Browser(Hub);
        _clients.Add(browser);
        Assert.Equal(HttpStatusCode.Redirect, (await SignInAsync(browser, name)).StatusCode);
        return browser;
    }

    /// <summary>Somebody new in a project, signed in.</summary>
    public async Task<HttpClient> MemberAsync(string name, string project, Role role)
    {
        return await BrowserAsync(await PersonAsync(name, project, role));
    }

    public async Task<NewToken> TokenAsync(HttpClient maker, string project, Role role, bool service = false, int days = 1)
    {
        var made = await maker.PostAsJsonAsync($"/api/tokens?project={project}", new { name = $"{role} of {project}", role, service, days }, ContractJson.Options);
        Ok(made);
        return (await made.Content.ReadFromJsonAsync<NewToken>(ContractJson.Options))!;
    }

    /// <summary>A program that sends a token.</summary>
    public HttpClient Program(string token)
    {
        var program = new HttpClient { BaseAddress = new Uri(Hub.Url) };
        program.DefaultRequestHeaders.Authorization = new("Bearer", token);
        _clients.Add(program);
        return program;
    }

    public static void Ok(HttpResponseMessage answer) => Assert.True(answer.IsSuccessStatusCode, $"{answer.RequestMessage!.Method} {answer.RequestMessage.RequestUri!.PathAndQuery} answered {(int)answer.StatusCode}: {answer.Content.ReadAsStringAsync().Result}");

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients.Append(Administrator)) client.Dispose();
        await Hub.DisposeAsync();
    }

    [GeneratedRegex("""<input type="hidden" name="([^"]+)" value="([^"]*)">""")]
    private static partial Regex HiddenField();
}
