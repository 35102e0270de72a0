using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Artifacts;
using Flows.Contract.Models;
using Flows.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Serving;

/// <summary>
/// Deployments as real processes behind the real gateway. A model server costs seconds: tests that leave it as it was ask the garden's,
/// the others have a deployment, and one that gets a second version a model, of their own.
/// </summary>
public sealed class DeploymentTests(Garden garden) : IClassFixture<Garden>, IDisposable
{
    private const string Rose = """{"instances":[{"size":9,"colour":"red"}]}""";
    private readonly TestHub _hub = garden.Hub;
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_deployed_model_answers_every_protocol_through_the_gateway()
    {
        var deployment = garden.Deployed;

        Assert.Equal((DeploymentStatus.Ready, "/serve/garden", 1), (deployment.Status, deployment.Path, deployment.Version));
        Assert.Equal("""{"instances":[{"size":9,"colour":"red"}]}""", deployment.Example!.ToJsonString());
        foreach (var name in (string[])["model", "flowers", "garden"])
            Assert.Equal((200, """{"predictions":["rose"]}"""), await PostAsync(_hub, $"/serve/garden/v1/models/{name}:predict", deployment.Example.ToJsonString()));
        Assert.Equal((200, """{"predictions":["rose"]}"""), await PostAsync(_hub, "/serve/garden/invocations", """{"dataframe_split":{"columns":["size","colour"],"data":[[9,"red"]]}}"""));
        Assert.Contains("\"live\":true", await _hub.Http.GetStringAsync("/serve/garden/v2/health/live"));
        Assert.Contains("flows-model-server", await _hub.Http.GetStringAsync("/serve/garden"));
        Assert.Contains("AVAILABLE", await _hub.Http.GetStringAsync("/serve/garden/v1/models/model"));
    }

    [Fact]
    public async Task The_gateway_says_what_it_cannot_reach_and_passes_the_model_servers_errors_on()
    {
        var (unknown, why) = await PostAsync(_hub, "/serve/nowhere/v1/models/model:predict", Rose);
        var (bad, error) = await PostAsync(_hub, "/serve/garden/v1/models/model:predict", """{"instances":[{"size":9}]}""");

        Assert.Equal(404, unknown);
        Assert.Contains("nowhere", why);
        Assert.Equal((400, """{"error":"column \"colour\" is missing in row 0"}"""), (bad, error));
    }

    [Fact]
    public async Task The_gateway_refuses_a_huge_body_announced_or_not()
    {
        var huge = new byte[(32 << 20) + 1];

        using var announced = await _hub.Http.SendAsync(Huge(new ByteArrayContent(huge), isChunked: false));
        using var streamed = await _hub.Http.SendAsync(Huge(new StreamContent(new MemoryStream(huge)), isChunked: true));

        Assert.Equal((413, 413), ((int)announced.StatusCode, (int)streamed.StatusCode));
        Assert.Equal(200, (await PostAsync(_hub, "/serve/garden/v1/models/model:predict", Rose)).Status);
    }

    [Fact]
    public async Task Requests_are_counted_and_carry_an_id()
    {
        await DeployAsync(_hub, "counted");

        using var request = new HttpRequestMessage(HttpMethod.Post, "/serve/counted/v1/models/model:predict") { Content = new StringContent(Rose) };
        request.Headers.Add("X-Request-Id", "mine");
        using var answer = await _hub.Http.SendAsync(request);
        await PostAsync(_hub, "/serve/counted/v1/models/model:predict", "not json");
        await PostAsync(_hub, "/serve/counted/v1/models/model:predict", Rose);

        Assert.Equal("mine", answer.Headers.GetValues("X-Request-Id").Single());
        // Counted once the answer has left, which the asker may see a moment earlier.
        await Eventually.TrueAsync(async () => (await ReadAsync(_hub, "counted")).Stats is { Requests: 3, ClientErrors: 1, ServerErrors: 0, P50: > 0, P99: > 0 });
    }

    [Fact]
    public async Task A_killed_model_server_is_back_within_seconds()
    {
        Kill(_hub.Data, "garden");

        await Eventually.TrueAsync(async () => (await PostAsync(_hub, "/serve/garden/v1/models/model:predict", Rose)).Status == 200, seconds: 20);
    }

    [Fact]
    public async Task A_graceful_end_takes_model_servers_along_and_the_next_start_brings_them_back()
    {
        var data = _folder.File("data");
        int process;
        await using (var hub = await TestHub.StartAsync(data))
        {
            await garden.RegisterAsync(hub, "flowers");
            await DeployAsync(hub, "garden");
            process = ProcessOf(data, "garden");
        }
        Assert.False(Directory.Exists($"/proc/{process}"));

        await using var next = await TestHub.StartAsync(data);

        // The row says Ready from before: who asks at once must not be told so and then be refused.
        var told = (await next.Http.GetFromJsonAsync<JsonObject>("/api/deployments/garden"))!["status"]!.GetValue<string>();
        var first = (await PostAsync(next, "/serve/garden/v1/models/model:predict", Rose)).Status;
        Assert.True(told == "Starting" || (told, first) == ("Ready", 200), $"told {told}, answered {first}");
        await AnswersAsync(next.Http, "garden");
        Assert.Equal("Ready", (await next.Http.GetFromJsonAsync<JsonObject>("/api/deployments/garden"))!["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_model_server_left_by_a_killed_hub_is_found_again_and_one_that_died_with_it_is_started_again()
    {
        var data = _folder.File("data");
        await using (var hub = await TestHub.StartAsync(data))
        {
            await garden.RegisterAsync(hub, "flowers");
            await DeployAsync(hub, "left");
            await DeployAsync(hub, "died");
        }
        await using var killed = await HubProcess.StartAsync(data);
        await AnswersAsync(killed.Http, "left");
        await AnswersAsync(killed.Http, "died");
        var (left, died) = (ProcessOf(data, "left"), ProcessOf(data, "died"));

        await killed.KillAsync();
        Kill(data, "died");
        await using var next = await TestHub.StartAsync(data);

        await AnswersAsync(next.Http, "left");
        await AnswersAsync(next.Http, "died");
        Assert.Equal(left, ProcessOf(data, "left"));
        Assert.NotEqual(died, ProcessOf(data, "died"));
    }

    [Fact]
    public async Task Replacing_a_deployment_fails_no_request()
    {
        await garden.RegisterAsync(_hub, "roses");
        await DeployAsync(_hub, "replaced", "roses");
        await garden.RegisterAsync(_hub, "roses");
        var first = ProcessOf(_hub.Data, "replaced");
        using var done = new CancellationTokenSource();
        var asking = Enumerable.Range(0, 4).Select(_ => AskUntilAsync("replaced", done.Token)).ToList();

        var replaced = await DeployAsync(_hub, "replaced", "roses");
        await done.CancelAsync();

        Assert.Equal((2, 2), (replaced.Version, replaced.Revision));
        Assert.False(Directory.Exists($"/proc/{first}"));
        Assert.All((await Task.WhenAll(asking)).SelectMany(statuses => statuses), status => Assert.Equal(200, status));
    }

    [Fact]
    public async Task A_version_that_does_not_start_leaves_the_one_before_serving()
    {
        await garden.RegisterAsync(_hub, "lilies");
        await DeployAsync(_hub, "pond", "lilies");
        await garden.RegisterAsync(_hub, "lilies", await BrokenAsync());

        var fault = await Assert.ThrowsAsync<ActivityFault>(() => DeployAsync(_hub, "pond", "lilies"));

        Assert.Contains("is not an ML.NET model", fault.Message);
        var deployment = await ReadAsync(_hub, "pond");
        Assert.Equal((DeploymentStatus.Ready, 1), (deployment.Status, deployment.Version));
        Assert.Contains("Version 2 of lilies did not start", deployment.Message);
        Assert.Equal(200, (await PostAsync(_hub, "/serve/pond/v1/models/model:predict", Rose)).Status);
    }

    [Fact]
    public async Task A_first_version_that_does_not_start_is_failed_with_its_last_words_and_503()
    {
        await garden.RegisterAsync(_hub, "weeds", await BrokenAsync());

        await Assert.ThrowsAsync<ActivityFault>(() => DeployAsync(_hub, "heap", "weeds"));

        var (status, why) = await PostAsync(_hub, "/serve/heap/v1/models/model:predict", Rose);
        Assert.Equal(DeploymentStatus.Failed, (await ReadAsync(_hub, "heap")).Status);
        Assert.Equal(503, status);
        Assert.Contains("is not an ML.NET model", why);
    }

    [Fact]
    public async Task Deploying_what_is_deployed_changes_nothing()
    {
        await AnswersAsync(_hub.Http, "garden");
        var process = ProcessOf(_hub.Data, "garden");

        var again = await DeployAsync(_hub, "garden");

        Assert.Equal((1, process), (again.Revision, ProcessOf(_hub.Data, "garden")));
    }

    [Fact]
    public async Task Stopping_keeps_and_deleting_forgets_a_deployment()
    {
        await DeployAsync(_hub, "passing");
        var process = ProcessOf(_hub.Data, "passing");

        var stopped = await (await _hub.Http.PostAsync("/api/deployments/passing/stop", null)).Content.ReadFromJsonAsync<Deployment>(ContractJson.Options);
        var refused = await PostAsync(_hub, "/serve/passing/v1/models/model:predict", Rose);
        var again = await DeployAsync(_hub, "passing");
        var deleted = await _hub.Http.DeleteAsync("/api/deployments/passing");

        Assert.Equal((DeploymentStatus.Stopped, 503, DeploymentStatus.Ready, 204), (stopped!.Status, refused.Status, again.Status, (int)deleted.StatusCode));
        Assert.False(Directory.Exists($"/proc/{process}"));
        Assert.Equal(404, (int)(await _hub.Http.GetAsync("/api/deployments/passing")).StatusCode);
        Assert.False(Directory.Exists(Path.Combine(_hub.Data, "deployments", "passing", "2")));
    }

    [Theory]
    [InlineData("""{"name":"garden","model":"trees"}""", "Registered are: (\\w+, )*flowers")]
    [InlineData("""{"name":"garden","model":"flowers","version":9}""", "its newest is 1")]
    [InlineData("""{"name":"../garden","model":"flowers"}""", "cannot name a deployment")]
    [InlineData("""{"name":"garden","model":""", "JSON")]
    public async Task What_cannot_be_deployed_is_refused_with_a_reason(string request, string reason)
    {
        var (status, answer) = await PostAsync(_hub, "/api/deployments", request);

        Assert.Equal(400, status);
        // Other tests register models too.
        Assert.Matches(reason, answer);
    }

    [Fact]
    public async Task A_step_asks_a_deployment_and_learns_why_it_was_refused()
    {
        var deployments = _hub.Services.GetRequiredService<IDeployments>();

        var answer = await deployments.AskAsync("garden", "v1/models/model:predict", JsonNode.Parse(Rose)!);
        var fault = await Assert.ThrowsAsync<ActivityFault>(() => deployments.AskAsync("garden", "v1/models/model:predict", new JsonObject { ["instances"] = new JsonArray(7) }));

        Assert.Equal("rose", answer!["predictions"]![0]!.GetValue<string>());
        Assert.Contains("answered 400", fault.Message);
    }

    private async Task<string> BrokenAsync()
    {
        await File.WriteAllTextAsync(_folder.File("broken.zip"), "not a model");
        return _folder.File("broken.zip");
    }

    private static Task<Deployment> DeployAsync(TestHub hub, string name, string model = "flowers") =>
        hub.Services.GetRequiredService<IDeployments>().DeployAsync(new DeploymentRequest(name, model, null));

    private static async Task<Deployment> ReadAsync(TestHub hub, string name) =>
        (await hub.Http.GetFromJsonAsync<Deployment>($"/api/deployments/{name}", ContractJson.Options))!;

    private static async Task<(int Status, string Body)> PostAsync(TestHub hub, string path, string body)
    {
        using var answer = await hub.Http.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static Task AnswersAsync(HttpClient http, string deployment) => Eventually.TrueAsync(async () =>
    {
        using var answer = await http.PostAsync($"/serve/{deployment}/v1/models/model:predict", new StringContent(Rose));
        return answer.IsSuccessStatusCode;
    });

    private async Task<List<int>> AskUntilAsync(string deployment, CancellationToken done)
    {
        var statuses = new List<int>();
        while (!done.IsCancellationRequested) statuses.Add((await PostAsync(_hub, $"/serve/{deployment}/v1/models/model:predict", Rose)).Status);
        return statuses;
    }

    private static HttpRequestMessage Huge(HttpContent content, bool isChunked)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/serve/garden/v1/models/model:predict") { Content = content };
        request.Headers.TransferEncodingChunked = isChunked;
        request.Headers.ExpectContinue = true;
        return request;
    }

    private static int ProcessOf(string data, string deployment)
    {
        var folder = Directory.EnumerateDirectories(Path.Combine(data, "deployments", deployment)).MaxBy(path => int.Parse(Path.GetFileName(path)))!;
        return JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "process.json")))!["processId"]!.GetValue<int>();
    }

    private static void Kill(string data, string deployment)
    {
        using var process = Process.GetProcessById(ProcessOf(data, deployment));
        process.Kill();
    }
}

/// <summary>A server with the model "flowers", trained once, deployed as "garden".</summary>
public sealed class Garden : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private string _flowers = "";

    public TestHub Hub { get; private set; } = null!;

    public Deployment Deployed { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _flowers = TinyModels.Flowers(_folder);
        Hub = await TestHub.StartAsync();
        await RegisterAsync(Hub, "flowers");
        Deployed = await Hub.Services.GetRequiredService<IDeployments>().DeployAsync(new DeploymentRequest("garden", "flowers", null));
    }

    /// <summary>Makes a new version of a model; by default one of the flowers.</summary>
    public async Task RegisterAsync(TestHub hub, string model, string? path = null)
    {
        var facts = TinyModels.FlowerFacts.DeepClone().AsObject();
        facts["example"] = new JsonObject { ["size"] = 9, ["colour"] = "red" };
        var stored = await hub.Services.GetRequiredService<IArtifacts>().PutFileAsync(path ?? _flowers, "Model");
        await hub.Services.GetRequiredService<IModels>().RegisterAsync(new ModelRegistration(model, stored with { Facts = facts }));
    }

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        _folder.Dispose();
    }
}
