using System.Text.Json.Nodes;
using Bunit;
using Flows.Contract.Definitions;
using Flows.Contract.Flows;
using Flows.Designer.Library;
using Flows.Designer.Shell;
using Flows.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Designer;

public sealed class LibraryCardTests : BunitContext
{
    private const string Attack = "<img src=x onerror=alert(1)>";

    private int _asked;

    public LibraryCardTests()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddScoped<Visit>();
    }

    [Theory]
    [InlineData("onmouseenter", "onmouseleave")]
    [InlineData("onfocusin", "onfocusout")]
    public void A_flow_with_a_picture_is_drawn_while_somebody_points_at_it_or_comes_to_it_by_keyboard(string come, string go)
    {
        var card = Show(new LibraryItem("digits", "Digits", "") { Picture = "/picture.svg" });
        Assert.Equal(0, _asked);

        card.Find("article").TriggerEvent(come, new EventArgs());
        Assert.Equal("2 activities: load, say", card.Find("[data-part=flow-preview]").GetAttribute("aria-label"));
        card.Find("article").TriggerEvent(go, new EventArgs());
        card.Find("article").TriggerEvent(come, new EventArgs());

        Assert.Equal(1, _asked);
        Assert.Empty(card.FindAll("img"));
    }

    [Fact]
    public void A_shared_flow_is_drawn_at_once_and_nothing_that_it_says_becomes_markup()
    {
        var card = Show(new LibraryItem("bad", Attack, Attack) { ProjectId = Attack, Author = Attack, Tags = [Attack], Category = Attack, IsComponent = true }, Attack);

        Assert.Single(card.FindAll("[data-part=flow-preview]"));
        Assert.Equal(Attack, card.Find(".tag").TextContent);
        Assert.Empty(card.FindAll("img"));
    }

    [Fact]
    public void An_older_version_that_is_installed_can_be_updated()
    {
        var card = Show(new LibraryItem("tidy", "Tidy", "") { Version = 3, Installed = [new("one", "One", "default", 2), new("two", "Two", "default", 3)] });

        Assert.Equal("Update to 3", Assert.Single(card.FindAll("[data-action=update]")).TextContent);
    }

    private IRenderedComponent<LibraryCard> Show(LibraryItem item, string title = "load") => Render<LibraryCard>(card => card
        .Add(c => c.Item, item)
        .Add(c => c.Preview, _ =>
        {
            _asked++;
            var flow = JsonNode.Parse(Some.Chain("a", Some.Line(title, "x"), Some.Line("say", "y")))!.AsObject();
            return Task.FromResult<FlowDefinition?>(new FlowDefinition(flow));
        }));
}
