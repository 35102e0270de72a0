using System.Text.Json.Nodes;
using Bunit;
using Flows.Contract.Triggers;
using Flows.Designer.Canvas;
using Flows.Designer.Inspector;
using Flows.Designer.Triggers;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Designer;

public sealed class TriggerPanelTests : BunitContext
{
    private static readonly DateTimeOffset Now = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

    private readonly List<JsonNode?> _fired = [];

    public TriggerPanelTests()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddSingleton<TimeProvider>(new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Now));
    }

    [Fact]
    public void The_form_of_a_trigger_says_when_it_fired_and_will_and_fires_it_with_a_payload()
    {
        var session = Draft.Session("Flows.Schedule");
        session.ShowTriggers([Standing() with { LastFiredAt = Now.AddMinutes(-3), LagSeconds = 0.2, NextAt = Now.AddMinutes(57), Fires = 4 }], Now);
        var form = Show(session);

        Assert.Equal(["3 min ago", "200 ms", "in 57 min 0 s", "4"], ((string[])["last", "lag", "next", "fires"]).Select(fact => form.Find($"[data-fact={fact}]").TextContent));
        form.Find("[data-field=payload]").Input("{\"day\":\"2026-01-01\"}");
        form.Find("[data-action=fire-now]").Click();

        Assert.Equal("{\"day\":\"2026-01-01\"}", Assert.Single(_fired)!.ToJsonString());
        form.Find("[data-field=payload]").Input("{day");
        form.Find("[data-action=fire-now]").Click();
        Assert.Single(_fired);
        Assert.Contains("This is no JSON", form.Find(".field-problem").TextContent);
    }

    [Fact]
    public void What_is_wrong_with_a_trigger_stands_on_its_node_and_in_its_form()
    {
        var session = Draft.Session("Flows.FilesChanged");
        Assert.Equal("Off: publish the flow", session.TriggerNote(session.Graph.Find("filesChanged1")!));
        Assert.Contains("Off: nothing starts the flow", Show(session).Markup);

        session.ShowTriggers([Standing("filesChanged1") with { Error = "There is no folder /in on this machine." }], Now);

        var node = Render<NodeView>(view => view.Add(v => v.Node, session.Graph.Find("filesChanged1")!).Add(v => v.Detail, Detail.Full).Add(v => v.Fires, session.TriggerNote(session.Graph.Find("filesChanged1")!)));
        Assert.StartsWith("There is no folder", node.Find(".node-kind").TextContent);
        Assert.Contains("There is no folder /in", Show(session).Find("[data-part=trigger-error]").TextContent);
    }

    [Fact]
    public void A_webhook_shows_its_new_address_once_and_other_nodes_have_no_trigger()
    {
        var session = Draft.Session("Flows.Webhook");
        session.ShowTriggers([Standing("webhook1")], Now);
        var form = Show(session);

        form.Find("[data-action=new-address]").Click();

        Assert.Contains("http://here/hooks/token", form.Find("[data-part=address]").TextContent);
        Assert.Empty(Show(Draft.Session("Flows.SplitRows")).FindAll("[data-part=trigger]"));
    }

    private static TriggerRecord Standing(string id = "schedule1") => new("drawn", "Drawn", id, "Flows.Schedule") { Enabled = true };

    private IRenderedComponent<NodeForm> Show(EditorSession session) => Render<NodeForm>(form => form
        .Add(f => f.Session, session).Add(f => f.Node, session.Graph.Find(session.Selection.Single!)!)
        .Add(f => f.Fire, payload => { _fired.Add(payload); return Task.CompletedTask; })
        .Add(f => f.NewAddress, () => Task.FromResult<string?>("http://here/hooks/token")));
}
