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

/// <summary>Deployments as real processes behind the real gateway.</summary>
public sealed class DeploymentTests : IDisposable
{
    private const string Rose = """{"instances":[{"size":9,"colour":"red"}]}""";
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_deployed_model_answers_every_protocol_through_the_gateway()
    {
        await using var hub = await FlowerHubAsync();

        var deployment = await DeployAsync(hub, "garden");

        Assert.Equal((DeploymentStatus.Ready, "/serve/garden", 1), (deployment.Status, deployment.Path, deployment.Version));
        Assert.Equal("""{"instances":[{"size":9,"colour":"red"}]}""", deployment.Example!.ToJsonString());
        foreach (var name in (string[])["model", "flowers", "garden"])
            Assert.Equal((200, """{"predictions":["rose"]}"""), await PostAsync(hub, $"/serve/garden/v1/models/{name}:predict", deployment.Example.ToJsonString()));
        Assert.Equal((200, """{"predictions":["rose"]}"""), await PostAsync(hub, "/serve/garden/invocations", """{"dataframe_split":{"columns":["size","colour"],"data":[[9,"red"]]}}"""));
        Assert.Contains("\"live\":true", await hub.Http.GetStringAsync("/serve/garden/v2/health/live"));
        Assert.Contains("flows-model-server", await hub.Http.GetStringAsync("/serve/garden"));
        Assert.Contains("AVAILABLE", await hub.Http.GetStringAsync("/serve/garden/v1/models/model"));
    }

    [Fact]
    public async Task The_gateway_says_what_it_cannot_reach_and_passes_the_model_servers_errors_on()
    {
        await using var hub = await FlowerHubAsync();
        await DeployAsync(hub, "garden");

        var (unknown, why) = await PostAsync(hub, "/serve/nowhere/v1/models/model:predict", Rose);
        var (bad, error) = await PostAsync(hub, "/serve/garden/v1/models/model:predict", """{"instances":[{"size":9}]}""");

        Assert.Equal(404, unknown);
        Assert.Contains("nowhere", why);
        Assert.Equal((400, """{"error":"column \"colour\" is missing in row 0"}"""), (bad, error));
    }

    [Fact]
    public async Task The_gateway_refuses_a_huge_body_announced_or_not()
    {
        await using var hub = await FlowerHubAsync();
        await DeployAsync(hub, "garden");
        var huge = new byte[(32 << 20) + 1];

        using var announced = await hub.Http.SendAsync(Huge(new ByteArrayContent(huge), isChunked: false));
        using var streamed = await hub.Http.SendAsync(Huge(new StreamContent(new MemoryStream(huge)), isChunked: true));

        Assert.Equal((413, 413), ((int)announced.StatusCode, (int)streamed.StatusCode));
        Assert.Equal(200, (await PostAsync(hub, "/serve/garden/v1/models/model:predict", Rose)).Status);
    }

    [Fact]
    public async Task Requests_are_counted_and_carry_an_id()
    {
        await using var hub = await FlowerHubAsync();
        await DeployAsync(hub, "garden");

        using var request = new HttpRequestMessage(HttpMethod.Post, "/serve/garden/v1/models/model:predict") { Content = new StringContent(Rose) };
        request.Headers.Add("X-Request-Id", "mine");
        using var answer = await hub.Http.SendAsync(request);
        await PostAsync(hub, "/serve/garden/v1/models/model:predict", "not json");
        await PostAsync(hub, "/serve/garden/v1/models/model:predict", Rose);

        Assert.Equal("mine", answer.Headers.GetValues("X-Request-Id").Single());
        // Counted once the answer has left, which the asker may see a moment earlier.
        await Eventually.TrueAsync(async () => (await ReadAsync(hub, "garden")).Stats is { Requests: 3, ClientErrors: 1, ServerErrors: 0, P50: > 0, P99: > 0 });
    }

    [Fact]
    public async Task A_killed_model_server_is_back_within_seconds()
    {
        await using var hub = await FlowerHubAsync();
        await DeployAsync(hub, "garden");

        Kill(hub, "garden");

        await Eventually.TrueAsync(async () => (await PostAsync(hub, "/serve/garden/v1/models/model:predict", Rose)).Status == 200, seconds: 20);
    }

    [Fact]
    public async Task A_model_server_left_by_a_killed_hub_is_found_again()
    {
        var data = _folder.File("data");
        await using (var hub = await FlowerHubAsync(data)) await DeployAsync(hub, "garden");
        await using var killed = await HubProcess.StartAsync(data);
        await AnswersAsync(killed.Http);
        var process = ProcessOf(data, "garden");

        await killed.KillAsync();
        await using var next = await TestHub.StartAsync(data);

        await AnswersAsync(next.Http);
        Assert.Equal(process, ProcessOf(data, "garden"));
    }

    [Fact]
    public async Task A_model_server_that_died_with_the_hub_is_started_again()
    {
        var data = _folder.File("data");
        await using (var hub = await FlowerHubAsync(data)) await DeployAsync(hub, "garden");
        await using var killed = await HubProcess.StartAsync(data);
        await AnswersAsync(killed.Http);

        await killed.KillAsync();
        using (var server = Process.GetProcessById(ProcessOf(data, "garden"))) server.Kill();
        await using var next = await TestHub.StartAsync(data);

        await AnswersAsync(next.Http);
    }

    [Fact]
    public async Task A_graceful_end_takes_model_servers_along_and_the_next_start_brings_them_back()
    {
        var data = _folder.File("data");
        int process;
        await using (var hub = await FlowerHubAsync(data))
        {
            await DeployAsync(hub, "garden");
            process = ProcessOf(data, "garden");
        }
        Assert.False(Directory.Exists($"/proc/{process}"));

        await using var next = await TestHub.StartAsync(data);

        // The row says Ready from before: who asks at once must not be told so and then be refused.
        var told = (await next.Http.GetFromJsonAsync<JsonObject>("/api/deployments/garden"))!["status"]!.GetValue<string>();
        var first = (await PostAsync(next, "/serve/garden/v1/models/model:predict", Rose)).Status;
        Assert.True(told == "Starting" || (told, first) == ("Ready", 200), $"told {told}, answered {first}");
        await AnswersAsync(next.Http);
        Assert.Equal("Ready", (await next.Http.GetFromJsonAsync<JsonObject>("/api/deployments/garden"))!["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task Replacing_a_deployment_fails_no_request()
    {
        await using var hub = await FlowerHubAsync();
        await DeployAsync(hub, "garden");
        await RegisterAsync(hub, TinyModels.Flowers(_folder), TinyModels.FlowerFacts);
        var first = ProcessOf(hub.Data, "garden");
        using var done = new CancellationTokenSource();
        var asking = Enumerable.Range(0, 4).Select(_ => AskUntilAsync(hub, done.Token)).ToList();

        var replaced = await DeployAsync(hub, "garden");
        await done.CancelAsync();

        Assert.Equal((2, 2), (replaced.Version, replaced.Revision));
        Assert.False(Directory.Exists($"/proc/{first}"));
        Assert.All((await Task.WhenAll(asking)).SelectMany(statuses => statuses), status => Assert.Equal(200, status));
    }

    [Fact]
    public async Task A_version_that_does_not_start_leaves_the_one_before_serving()
    {
        await using var hub = await FlowerHubAsync();
        await DeployAsync(hub, "garden");
        await File.WriteAllTextAsync(_folder.File("broken.zip"), "not a model");
        await RegisterAsync(hub, _folder.File("broken.zip"), TinyModels.FlowerFacts);

        var fault = await Assert.ThrowsAsync<ActivityFault>(() => DeployAsync(hub, "garden"));

        Assert.Contains("is not an ML.NET model", fault.Message);
        var deployment = await ReadAsync(hub, "garden");
        Assert.Equal((DeploymentStatus.Ready, 1), (deployment.Status, deployment.Version));
        Assert.Contains("Version 2 of flowers did not start", deployment.Message);
        Assert.Equal(200, (await PostAsync(hub, "/serve/garden/v1/models/model:predict", Rose)).Status);
    }

    [Fact]
    public async Task A_first_version_that_does_not_start_is_failed_with_its_last_words_and_503()
    {
        await using var hub = await TestHub.StartAsync();
        await File.WriteAllTextAsync(_folder.File("broken.zip"), "not a model");
        await RegisterAsync(hub, _folder.File("broken.zip"), TinyModels.FlowerFacts);

        await Assert.ThrowsAsync<ActivityFault>(() => DeployAsync(hub, "garden"));

        var (status, why) = await PostAsync(hub, "/serve/garden/v1/models/model:predict", Rose);
        Assert.Equal(DeploymentStatus.Failed, (await ReadAsync(hub, "garden")).Status);
        Assert.Equal(503, status);
        Assert.Contains("is not an ML.NET model", why);
    }

    [Fact]
    public async Task Deploying_what_is_deployed_changes_nothing()
    {
        await using var hub = await FlowerHubAsync();
        await DeployAsync(hub, "garden");
        var process = ProcessOf(hub.Data, "garden");

        var again = await DeployAsync(hub, "garden");

        Assert.Equal((1, process), (again.Revision, ProcessOf(hub.Data, "garden")));
    }

    [Fact]
    public async Task Stopping_keeps_and_deleting_forgets_a_deployment()
    {
        await using var hub = await FlowerHubAsync();
        await DeployAsync(hub, "garden");
        var process = ProcessOf(hub.Data, "garden");

        var stopped = await (await hub.Http.PostAsync("/api/deployments/garden/stop", null)).Content.ReadFromJsonAsync<Deployment>(ContractJson.Options);
        var refused = await PostAsync(hub, "/serve/garden/v1/models/model:predict", Rose);
        var again = await DeployAsync(hub, "garden");
        var deleted = await hub.Http.DeleteAsync("/api/deployments/garden");

        Assert.Equal((DeploymentStatus.Stopped, 503, DeploymentStatus.Ready, 204), (stopped!.Status, refused.Status, again.Status, (int)deleted.StatusCode));
        Assert.False(Directory.Exists($"/proc/{process}"));
        Assert.Equal(404, (int)(await hub.Http.GetAsync("/api/deployments/garden")).StatusCode);
        Assert.False(Directory.Exists(Path.Combine(hub.Data, "deployments", "garden", "2")));
    }

    [Theory]
    [InlineData("""{"name":"garden","model":"trees"}""", "Registered are: flowers")]
    [InlineData("""{"name":"garden","model":"flowers","version":9}""", "its newest is 1")]
    [InlineData("""{"name":"../garden","model":"flowers"}""", "cannot name a deployment")]
    [InlineData("""{"name":"garden","model":""", "JSON")]
    public async Task What_cannot_be_deployed_is_refused_with_a_reason(string request, string reason)
    {
        await using var hub = await FlowerHubAsync();

        var (status, answer) = await PostAsync(hub, "/api/deployments", request);

        Assert.Equal(400, status);
        Assert.Contains(reason, answer);
    }

    [Fact]
    public async Task A_step_asks_a_deployment_and_learns_why_it_was_refused()
    {
        await using var hub = await FlowerHubAsync();
        await DeployAsync(hub, "garden");
        var deployments = hub.Services.GetRequiredService<IDeployments>();

        var answer = await deployments.AskAsync("garden", "v1/models/model:predict", JsonNode.Parse(Rose)!);
        var fault = await Assert.ThrowsAsync<ActivityFault>(() => deployments.AskAsync("garden", "v1/models/model:predict", new JsonObject { ["instances"] = new JsonArray(7) }));

        Assert.Equal("rose", answer!["predictions"]![0]!.GetValue<string>());
        Assert.Contains("answered 400", fault.Message);
    }

    private async Task<TestHub> FlowerHubAsync(string? data = null)
    {
        var hub = await TestHub.StartAsync(data);
        await RegisterAsync(hub, TinyModels.Flowers(_folder), TinyModels.FlowerFacts);
        return hub;
    }

    private static async Task RegisterAsync(TestHub hub, string path, JsonObject facts)
    {
        var known = facts.DeepClone().AsObject();
        known["example"] = new JsonObject { ["size"] = 9, ["colour"] = "red" };
        var stored = await hub.Services.GetRequiredService<IArtifacts>().PutFileAsync(path, "Model");
        await hub.Services.GetRequiredService<IModels>().RegisterAsync(new ModelRegistration("flowers", stored with { Facts = known }));
    }

    private static Task<Deployment> DeployAsync(TestHub hub, string name) =>
        hub.Services.GetRequiredService<IDeployments>().DeployAsync(new DeploymentRequest(name, "flowers", null));

    private static async Task<Deployment> ReadAsync(TestHub hub, string name) =>
        (await hub.Http.GetFromJsonAsync<Deployment>($"/api/deployments/{name}", ContractJson.Options))!;

    private static async Task<(int Status, string Body)> PostAsync(TestHub hub, string path, string body)
    {
        using var answer = await hub.Http.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static Task AnswersAsync(HttpClient http) => Eventually.TrueAsync(async () =>
    {
        using var answer = await http.PostAsync("/serve/garden/v1/models/model:predict", new StringContent(Rose));
        return answer.IsSuccessStatusCode;
    });

    private static async Task<List<int>> AskUntilAsync(TestHub hub, CancellationToken done)
    {
        var statuses = new List<int>();
        while (!done.IsCancellationRequested) statuses.Add((await PostAsync(hub, "/serve/garden/v1/models/model:predict", Rose)).Status);
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

    private static void Kill(TestHub hub, string deployment)
    {
        using var process = Process.GetProcessById(ProcessOf(hub.Data, deployment));
        process.Kill();
    }
}
