using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Flows;
using Flows.Tests.Support;
using Microsoft.Playwright;

namespace Flows.Tests.Browser;

/// <summary>The library as people use it: look, install beside what is there, share the next version, update.</summary>
[Collection(SharedBrowser.Name)]
public sealed class LibraryPageTests(ChromiumFixture chromium)
{
    private const string Attack = "<img src=x onerror=\"window.harmed=1\"><script>window.harmed=1</script>";

    [Fact]
    public async Task A_shared_flow_is_looked_at_installed_shared_anew_and_updated()
    {
        await using var page = await chromium.OpenAsync();
        await ShareAsync("sales-cleaning", "Clean sales", "Drops what cannot be read and says how much that was.", new ShareRequest("sales-cleaning") { Tags = ["cleaning", "sales"], Component = true, Category = "Cleaning", Notes = "The first." });
        await ShareAsync("hostile-offer", Attack, Attack, new ShareRequest("hostile-offer") { Tags = ["<script>window.harmed=1</script>"], Notes = Attack, Component = true, Category = "<b onload=1>" });
        await page.GoAsync("/library");

        await page["[data-field=library-search]"].FillAsync("sales");
        await Assertions.Expect(page["[data-library]"]).ToHaveCountAsync(1);
        await page["[data-field=library-search]"].FillAsync("");
        await page["[data-library=digits] [data-action=read]"].FocusAsync();
        await Assertions.Expect(page["[data-library=digits] [data-part=flow-preview]"]).ToBeVisibleAsync();
        await page.ShootAsync("library-shared-light");

        await page["[data-library=clean-sales] [data-action=install]"].ClickAsync();
        await Assertions.Expect(page["[data-part=clash]"]).ToContainTextAsync("has a flow “Clean sales” of its own");
        await page["[data-field=install-name]"].FillAsync("Our sales");
        await page.ShootAsync("library-install-light");
        await page["[data-action=toggle-theme]"].EvaluateAsync("button => button.click()");
        await page.ShootAsync("library-install-dark");
        await page["[data-action=toggle-theme]"].EvaluateAsync("button => button.click()");
        await page["[data-action=confirm-install]"].ClickAsync();
        await Assertions.Expect(page["[data-part=editor] h1"]).ToHaveTextAsync("Our sales");
        await Assertions.Expect(page["[data-part=palette] [data-activity=OurSales]"]).ToHaveCountAsync(1);

        await page.GoAsync("/library?share=sales-cleaning");
        await page["[data-field=share-notes]"].FillAsync("Says it louder.");
        await Assertions.Expect(page["[data-field=share-tags]"]).ToHaveValueAsync("cleaning, sales");
        await page["[data-action=confirm-share]"].ClickAsync();
        await Assertions.Expect(page["[data-library=clean-sales] [data-action=update]"]).ToHaveTextAsync("Update to 2");
        await page["[data-library=clean-sales] [data-action=read]"].ClickAsync();
        await Assertions.Expect(page["[data-part=library-versions] tbody tr"]).ToHaveCountAsync(2);
        await page["[data-action=toggle-theme]"].EvaluateAsync("button => button.click()");
        await page.ShootAsync("library-versions-dark");
        await page.Page.Keyboard.PressAsync("Escape");
        await page.ShootAsync("library-shared-dark");
        await page["[data-library=clean-sales] [data-action=update]"].ClickAsync();
        await Assertions.Expect(page["[data-part=editor] h1"]).ToHaveTextAsync("Our sales");

        var item = (await chromium.Hub.Http.GetFromJsonAsync<LibraryOffer>("/api/library/clean-sales", ContractJson.Options))!.Item;
        Assert.Equal((2, "Our sales", 2), (item.Version, item.Installed.Single().Name, item.Installed.Single().Version));
        Assert.Equal("undefined", await page.Page.EvaluateAsync<string>("typeof window.harmed"));
        // The page is the next test's, in the theme that it came in.
        await page["[data-action=toggle-theme]"].ClickAsync();
        await ClearAsync();
        // The browser itself notes the refusal that the dialog shows.
        Assert.DoesNotContain(page.Errors, error => !error.Contains("409", StringComparison.Ordinal));
    }

    private async Task ShareAsync(string id, string name, string description, ShareRequest request)
    {
        var flow = JsonNode.Parse(Some.Chain(id, Some.Line("read", "read"), Some.Line("drop", "drop"), Some.Line("count", "count")))!;
        (flow["name"], flow["description"]) = (name, description);
        await chromium.Hub.ImportAsync(flow.ToJsonString());
        var answer = await chromium.Hub.Http.PostAsJsonAsync("/api/library", request, ContractJson.Options);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    // The server is every browser test's.
    private async Task ClearAsync()
    {
        foreach (var item in (await chromium.Hub.Http.GetFromJsonAsync<List<LibraryItem>>("/api/library", ContractJson.Options))!.Where(item => item.ProjectId.Length > 0))
        {
            await chromium.Hub.Http.DeleteAsync($"/api/library/{item.Id}");
            foreach (var flow in item.Installed) await chromium.Hub.Http.DeleteAsync($"/api/flows/{flow.DefinitionId}");
        }
        foreach (var id in new[] { "sales-cleaning", "hostile-offer" }) await chromium.Hub.Http.DeleteAsync($"/api/flows/{id}");
    }
}
