using Flows.Designer.Api;
using Flows.Tests.Support;
using Microsoft.Playwright;

namespace Flows.Tests.Browser;

/// <summary>An edit is not lost when the page, the connection or the server goes in the middle of it. A reload is tested with the groups of <see cref="EditingTests"/>.</summary>
[Collection(SharedBrowser.Name)]
public sealed class UnsavedTests(ChromiumFixture chromium)
{
    [Fact]
    public async Task An_edit_is_saved_when_one_leaves_the_flow_at_once_and_when_the_connection_is_back()
    {
        await using var page = await OpenAsync(chromium.Hub.Http, "left", "");
        await TitleAsync(page, "a", "Left at once");
        await page.GoAsync("/runs");
        await Eventually.TrueAsync(async () => await TitleOfAsync(chromium.Hub.Http, "left", "a") == "Left at once");

        await page.GoAsync("/flows/left");
        await Assertions.Expect(page["[data-node=a] .node-title"]).ToHaveTextAsync("Left at once");
        await page.Page.Context.SetOfflineAsync(true);
        try
        {
            await TitleAsync(page, "b", "Without a server");
            await Assertions.Expect(page["[data-part=save-state]"]).ToContainTextAsync("Not saved");
        }
        finally { await page.Page.Context.SetOfflineAsync(false); }

        await Assertions.Expect(page["[data-part=save-state]"]).ToHaveTextAsync("Draft saved");
        Assert.Equal("Without a server", await TitleOfAsync(chromium.Hub.Http, "left", "b"));
    }

    [Fact]
    public async Task What_was_edited_while_the_server_was_gone_is_saved_by_the_next_one_also_after_a_reload()
    {
        Long.Only();
        var data = Directory.CreateTempSubdirectory("flows-unsaved-").FullName;
        var port = FreePort.Find();
        var first = await HubProcess.StartAsync(data, options: new HubProcessOptions { Port = port });
        await using var page = await chromium.OpenNewAsync();
        await OpenAsync(page, first.Http, "gone", first.Http.BaseAddress!.ToString().TrimEnd('/'));
        await first.KillAsync();
        await first.DisposeAsync();
        await TitleAsync(page, "a", "While it was gone");
        await Assertions.Expect(page["[data-part=save-state]"]).ToContainTextAsync("Not saved");

        await using (var next = await HubProcess.StartAsync(data, options: new HubProcessOptions { Port = port }))
        {
            await Assertions.Expect(page["[data-part=save-state]"]).ToHaveTextAsync("Draft saved");
            Assert.Equal("While it was gone", await TitleOfAsync(next.Http, "gone", "a"));
            await page.Page.RouteAsync("**/api/flows/gone", route => route.Request.Method == "PUT" ? route.AbortAsync() : route.ContinueAsync());
            await TitleAsync(page, "b", "Before the reload");
            await page["[data-part=inspector] [data-field=title]"].FillAsync("Before the reload, half typed");
            await page.Page.ReloadAsync();
            await page.Page.UnrouteAsync("**/api/flows/gone");
            await Assertions.Expect(page["[data-part=save-state]"]).ToHaveTextAsync("Draft saved");
            Assert.Equal("Before the reload, half typed", await TitleOfAsync(next.Http, "gone", "b"));
        }
        Directory.Delete(data, recursive: true);
    }

    private static async Task TitleAsync(ObservedPage page, string node, string title)
    {
        await page[$"[data-node={node}] .node-box"].ClickAsync(new() { Position = new Position { X = 100, Y = 20 } });
        await page["[data-part=inspector] [data-field=title]"].FillAsync(title);
        await page["[data-part=inspector] [data-field=title]"].BlurAsync();
        await Assertions.Expect(page[$"[data-node={node}] .node-title"]).ToHaveTextAsync(title);
    }

    private static async Task<string> TitleOfAsync(HttpClient http, string flow, string node) =>
        (await new FlowsApi(http).FlowAsync(flow)).Definition.Find(node)!.Title;

    private async Task<ObservedPage> OpenAsync(HttpClient http, string flow, string site)
    {
        var page = await chromium.OpenAsync();
        await OpenAsync(page, http, flow, site);
        return page;
    }

    private static async Task OpenAsync(ObservedPage page, HttpClient http, string flow, string site)
    {
        await http.ImportFlowAsync(Some.Chain(flow, Some.Line("a", "one"), Some.Line("b", "two")));
        await page.GoAsync($"{site}/flows/{flow}");
        await page["[data-node=a]"].WaitForAsync();
    }
}
