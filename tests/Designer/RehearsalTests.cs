using Bunit;
using Flows.Designer.Api;
using Flows.Designer.Controls;
using Flows.Designer.Shell;
using Flows.Designer.Shell.Rehearsals;
using Flows.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flows.Tests.Designer;

/// <summary>The editor is played once before anybody opens it. The browser here refuses every call that it was not told of.</summary>
public sealed class RehearsalTests : BunitContext, IAsyncLifetime
{
    private readonly Requests _requests = new();
    private TestHub _hub = null!;
    private FlowsApi _api = null!;

    public async ValueTask InitializeAsync()
    {
        _hub = await TestHub.StartAsync();
        _api = new FlowsApi(new HttpClient(_requests) { BaseAddress = new Uri(_hub.Url) });
        Services.AddSingleton(TimeProvider.System).AddSingleton(_api).AddSingleton<Connection>().AddSingleton<Toasts>().AddSingleton<EventStreams>().AddSingleton<Visit>();
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        await _hub.DisposeAsync();
    }

    [Fact]
    public async Task The_whole_page_is_drawn_and_neither_the_server_nor_the_browser_hears_of_it()
    {
        var acts = 0;

        var drawn = await Play(() => { acts++; return Task.CompletedTask; });

        Assert.Equal(3, drawn);
        Assert.True(acts > 8, $"It was played in {acts} acts: somebody would have to wait.");
        Assert.Equal(["GET /api/activities"], _requests.Asked);
        Assert.Empty(Services.GetRequiredService<Toasts>().Shown);
        Assert.False(Services.GetRequiredService<Connection>().IsLost);
    }

    [Fact]
    public async Task Whoever_opens_a_flow_meanwhile_ends_it()
    {
        var acts = 0;

        await Assert.ThrowsAsync<OperationCanceledException>(() => Play(() => ++acts < 6 ? Task.CompletedTask : throw new OperationCanceledException()));

        // The page that goes says so to its server, which no longer answers.
        Assert.InRange(acts, 6, 7);
    }

    [Fact]
    public async Task What_the_editor_is_drawn_of_is_read_once_and_again_when_there_is_more()
    {
        var first = await _api.ActivitiesAsync();
        var same = await _api.ActivitiesAsync();
        var flow = System.Text.Json.Nodes.JsonNode.Parse(Some.Chain("greet-them", Some.Line("a", "x")))!;
        (flow["name"], flow["options"]) = ("Greet them", new System.Text.Json.Nodes.JsonObject { ["usableAsActivity"] = true });
        await _hub.ImportAsync(flow.ToJsonString());
        var more = await _api.ActivitiesAsync();

        Assert.Same(first, same);
        Assert.Equal(["GreetThem"], more.Select(one => one.Type).Except(first.Select(one => one.Type)));
        Assert.Equal([200, 304, 200], _requests.Answered);
    }

    private Task<int> Play(Func<Task> pause) => new Rehearsal(_api, Services, NullLoggerFactory.Instance).PlayAsync(pause);

    private sealed class Requests() : DelegatingHandler(new HttpClientHandler())
    {
        public List<string> Asked { get; } = [];

        public List<int> Answered { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
        {
            Asked.Add($"{request.Method} {request.RequestUri!.AbsolutePath}");
            var answer = await base.SendAsync(request, cancellation);
            Answered.Add((int)answer.StatusCode);
            return answer;
        }
    }
}
