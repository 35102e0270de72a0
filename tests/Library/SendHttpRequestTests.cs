using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Library.Control;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Flows.Tests.Library;

public sealed class SendHttpRequestTests : IAsyncLifetime
{
    private readonly Step _step = new();
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebApplication _server = null!;
    private string _url = "";

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _server = builder.Build();
        _server.Map("/echo", EchoAsync);
        _server.MapGet("/large", () => Results.Bytes(new byte[2 * 1024 * 1024]));
        _server.MapGet("/late", async (HttpContext http) =>
        {
            _asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        });
        await _server.StartAsync();
        _url = _server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _step.Dispose();
    }

    [Fact]
    public async Task A_request_carries_method_body_and_headers_and_the_answer_comes_back_as_json()
    {
        var context = _step.Context();

        var sent = await _step.RunAsync(new SendHttpRequest
        {
            Url = _url + "/echo",
            Method = "POST",
            Content = new JsonObject { ["a"] = 1 },
            RequestHeaders = new JsonObject { ["X-Test"] = "yes" },
            Authorization = "Bearer t",
        }, context);

        Assert.Equal(["POST", """{"a":1}""", "application/json", "yes", "Bearer t"], sent.ParsedContent!.AsObject().Select(field => field.Value!.GetValue<string>()));
        Assert.Equal((200, "made"), (sent.StatusCode, sent.ResponseHeaders.Text("X-Answer")));
        Assert.Equal(["Done"], context.Outcomes);
    }

    [Theory]
    [InlineData("200,404", "200")]
    [InlineData("404", "Unmatched status code")]
    public async Task Expected_status_codes_become_outcomes(string expected, string outcome)
    {
        var context = _step.Context();

        await _step.RunAsync(new SendHttpRequest { Url = _url + "/echo", ExpectedStatusCodes = expected.Split(',') }, context);

        Assert.Equal([outcome, "Done"], context.Outcomes);
    }

    [Fact]
    public async Task Nobody_at_the_address_is_an_outcome()
    {
        var context = _step.Context();
        await _server.StopAsync();

        await _step.RunAsync(new SendHttpRequest { Url = _url }, context);

        Assert.Equal(["Failed to connect"], context.Outcomes);
    }

    [Fact]
    public async Task No_answer_in_time_is_an_outcome()
    {
        var time = new FakeTimeProvider();
        var context = _step.Context(time: time);
        var sending = _step.RunAsync(new SendHttpRequest { Url = _url + "/late", TimeoutSeconds = 5 }, context);
        await _asked.Task;

        time.Advance(TimeSpan.FromSeconds(6));
        await sending;

        Assert.Equal(["Timeout"], context.Outcomes);
    }

    [Fact]
    public async Task An_answer_beyond_the_limit_faults() => Assert.Contains("larger than 1 MB",
        (await _step.FaultAsync(new SendHttpRequest { Url = _url + "/large", MaxAnswer = 1 })).Message);

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("nowhere")]
    public async Task Only_http_addresses_are_asked(string url) => Assert.Contains("'url'", (await _step.FaultAsync(new SendHttpRequest { Url = url })).Message);

    [Fact]
    public void Its_ports_are_those_of_the_expected_codes()
    {
        var descriptor = ActivityCatalog.Of(typeof(SendHttpRequest).Assembly).Find("Elsa.SendHttpRequest")!;
        var activity = new FlowActivity(new JsonObject { ["id"] = "a", ["type"] = "Elsa.SendHttpRequest", ["expectedStatusCodes"] = FlowInput.Wrap("Int32[]", "Object", "[200,404]") });

        Assert.Equal(["Done", "Unmatched status code", "Failed to connect", "Timeout", "200", "404"], FlowPorts.Outcomes(activity, descriptor));
    }

    private static async Task EchoAsync(HttpContext http)
    {
        http.Response.Headers["X-Answer"] = "made";
        var body = await new StreamReader(http.Request.Body).ReadToEndAsync();
        await http.Response.WriteAsJsonAsync(new
        {
            method = http.Request.Method,
            body,
            type = http.Request.ContentType,
            test = http.Request.Headers["X-Test"].ToString(),
            authorization = http.Request.Headers.Authorization.ToString(),
        });
    }
}
