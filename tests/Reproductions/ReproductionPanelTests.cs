using System.Net;
using System.Net.Http.Json;
using Bunit;
using Flows.Contract;
using Flows.Contract.Provenance;
using Flows.Contract.Runs;
using Flows.Designer.Api;
using Flows.Designer.Controls;
using Flows.Designer.Runs.Reproductions;
using Flows.Designer.Shell;
using Flows.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Reproductions;

/// <summary>Whether a run can be made again, on its page: started, watched, judged, by the real server.</summary>
public sealed class ReproductionPanelTests : BunitContext, IClassFixture<SharedHub>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TestHub _hub;
    private readonly CountingFlow _flow;
    private IReadOnlyList<RunReproduction> _found = [];

    public ReproductionPanelTests(SharedHub shared)
    {
        (_hub, _flow) = (shared.Hub, new CountingFlow(shared.Hub, $"held-{Guid.NewGuid():N}"));
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddSingleton(new FlowsApi(_hub.Http)).AddSingleton<Connection>().AddSingleton<Toasts>().AddSingleton<Visit>().AddSingleton(TimeProvider.System);
    }

    [Fact]
    public async Task One_that_comes_out_the_same_is_started_watched_and_judged()
    {
        var run = await _flow.RunAsync();
        var panel = Show(run);
        panel.WaitForAssertion(() => Assert.Equal("Nobody has made this run again yet.", panel.Find("[data-part=none]").TextContent), Patience);

        _flow.Hold();
        await panel.Find("[data-action=reproduce]").ClickAsync(new());
        // The file's step is over, the script waits, and the two that they stand in go on.
        panel.WaitForAssertion(() => Assert.Equal(("1", "4"), (panel.Find("progress").GetAttribute("value"), panel.Find("progress").GetAttribute("max"))), Patience);
        Assert.Equal("1 of 4 steps made again", panel.Find("[data-part=verdict-text]").TextContent);
        _flow.LetGo();

        panel.WaitForAssertion(() => Assert.Equal("bit-identical", panel.Find("[data-reproduction]").GetAttribute("data-verdict")), Patience);
        Assert.Contains("Bit-identical. Bit-identical: every output", panel.Find("[role=status]").TextContent);
        Assert.Contains("by local", panel.Markup);
        Assert.Contains("2 steps carried out again.", panel.Markup);
        Assert.Equal(Verdict.BitIdentical, Assert.Single(_found).Verdict!.Verdict);
    }

    [Fact]
    public async Task One_that_takes_the_data_of_today_names_the_step_with_ways_to_it()
    {
        var run = await _flow.RunAsync();
        await _flow.PutAsync("day,n\n1,2\n2,3\n3,4\n");
        var panel = Show(run);
        panel.WaitForElement("[data-part=none]", Patience);

        await panel.Find("[data-field=data]").ChangeAsync(new() { Value = true });
        await panel.Find("[data-action=reproduce]").ClickAsync(new());

        panel.WaitForAssertion(() => Assert.Equal("diverged", panel.Find("[data-reproduction]").GetAttribute("data-verdict")), Patience);
        var one = Assert.Single(_found);
        Assert.Contains("the file 'rows.csv' was ", panel.Find("[data-part=verdict-text]").TextContent);
        Assert.Equal(("The step read", $"runs/{run.Id}?step=read"), (panel.Find("[data-part=first]").TextContent, panel.Find("[data-part=first]").GetAttribute("href")));
        Assert.NotNull(panel.Find($"a[href='runs/{one.Run.Id}?step=read']"));
        Assert.Equal(["read", "count"], panel.FindAll("[data-difference]").Select(row => row.GetAttribute("data-difference")));
        Assert.Contains("With data as of today", panel.Markup);
    }

    [Fact]
    public async Task A_cancelled_one_says_nothing_of_the_run_and_is_no_verdict()
    {
        var run = await _flow.RunAsync();
        _flow.Hold();
        var again = await new FlowsApi(_hub.Http).ReproduceAsync(run.Id, new Reproduction());
        var panel = Show(run);
        panel.WaitForElement("progress", Patience);

        await _hub.Http.PostAsync($"/api/runs/{again}/cancel", null);

        panel.WaitForAssertion(() => Assert.Equal("Cancelled", panel.Find("[data-status]").TextContent), Patience);
        Assert.Contains("nothing is said of the run", panel.Find("[data-part=verdict-text]").TextContent);
        Assert.Empty(panel.FindAll("[data-part=first]"));
    }

    [Fact]
    public async Task The_run_that_makes_another_again_says_so_itself()
    {
        var run = await _flow.RunAsync();
        var again = await new FlowsApi(_hub.Http).ReproduceAsync(run.Id, new Reproduction());
        var panel = Show(await _hub.UntilAsync(again, record => record.Status == RunStatus.Finished));

        panel.WaitForAssertion(() => Assert.Equal($"runs/{run.Id}", panel.Find("[data-part=earlier]").GetAttribute("href")), Patience);
        Assert.Equal(again, Assert.Single(_found).Run.Id);
    }

    [Fact]
    public async Task What_cannot_be_made_again_says_why_and_offers_nothing()
    {
        var run = await _flow.RunAsync();

        Assert.Contains("once it is over", Show(run with { Status = RunStatus.Running }).Find("[data-part=why-not]").TextContent);
        var synced = Show(run with { Trigger = RunRecord.SyncTrigger + "by ada" });

        Assert.Contains("carried out elsewhere", synced.Find("[data-part=why-not]").TextContent);
        Assert.Empty(synced.FindAll("[data-action=reproduce]"));
    }

    [Fact]
    public async Task What_the_server_refuses_is_said()
    {
        var run = await _flow.RunAsync();

        var panel = Show(run with { Id = "no-such-run" });
        panel.WaitForAssertion(() => Assert.Contains("There is no run", panel.Find(".problem-notice").TextContent), Patience);
        await panel.Find("[data-action=reproduce]").ClickAsync(new());

        panel.WaitForAssertion(() => Assert.Contains("There is no run", $"{Assert.Single(Services.GetRequiredService<Toasts>().Shown)}"), Patience);
        Assert.False(panel.Find("[data-action=reproduce]").HasAttribute("disabled"));
    }

    [Fact]
    public async Task The_list_is_asked_for_over_http_and_a_run_that_is_not_there_is_said()
    {
        var run = await _flow.RunAsync();

        Assert.Empty((await _hub.Http.GetFromJsonAsync<IReadOnlyList<RunReproduction>>($"/api/runs/{run.Id}/reproductions", ContractJson.Options))!);
        Assert.Equal(HttpStatusCode.NotFound, (await _hub.Http.GetAsync("/api/runs/none/reproductions")).StatusCode);
    }

    [Theory]
    [InlineData(RunStatus.Running, RunSubStatus.Pending, "Queued", "0 of 4 steps made again")]
    [InlineData(RunStatus.Running, RunSubStatus.Interrupted, "Interrupted", "is taken up again when the server starts")]
    [InlineData(RunStatus.Finished, RunSubStatus.Finished, "No verdict", "the server's log says why")]
    public void Every_way_that_it_may_stand_has_its_words(RunStatus status, RunSubStatus sub, string state, string text)
    {
        var one = new RunReproduction(new RunSummary("r2", "flow", "flow", 1, status, sub), new Reproduction());

        Assert.Equal(state, VerdictWords.State(one).Text);
        Assert.Contains(text, VerdictWords.Text(one, 4));
    }

    private IRenderedComponent<RunReproductions> Show(RunRecord run) => Render<RunReproductions>(panel => panel
        .Add(p => p.Record, run).Add(p => p.IsShown, true).Add(p => p.Title, id => id == "read" ? "The step read" : id).Add(p => p.Found, (IReadOnlyList<RunReproduction> all) => _found = all));

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing) _flow.Dispose();
    }
}
