using System.Net.Http.Json;
using AngleSharp.Dom;
using Bunit;
using Flows.Designer.Api;
using Flows.Designer.Audit;
using Flows.Designer.Controls;
using Flows.Hub.Storage;
using Flows.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Audit;

/// <summary>The log as administrators read it: newest first, narrowed, verified, with a way to what a row is about.</summary>
public sealed class AuditPageTests : BunitContext
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Rows_are_narrowed_by_whom_and_what_and_when_and_a_damaged_chain_shows()
    {
        await using var hub = await TestHub.StartAsync();
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddSingleton(new FlowsApi(hub.Http)).AddSingleton<Connection>().AddSingleton<Toasts>().AddSingleton(TimeProvider.System);
        await hub.ImportAsync(Some.Chain("noted", Some.Line("a", "x")));
        for (var i = 0; i < 51; i++) await hub.Http.PutAsJsonAsync($"/api/secrets/key-{i}", new { value = "not for the log" });
        await hub.Http.DeleteAsync("/api/flows/none");

        var page = Render<AuditPage>();
        page.WaitForElement("[data-row]", Patience);
        Assert.Equal((50, "flow.delete", "flows/none", "Failed"), (page.FindAll("[data-row]").Count, Newest(page).GetAttribute("data-audited"), Newest(page).QuerySelector("a")!.GetAttribute("href"), Newest(page).QuerySelector(".status")!.TextContent));
        await page.Find("[data-action=older]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Equal(53, page.FindAll("[data-row]").Count), Patience);
        Assert.Empty(page.FindAll("[data-action=older]"));

        await page.Find("[data-field=kind]").ChangeAsync(new() { Value = "secret" });
        await page.Find("[data-field=thing]").ChangeAsync(new() { Value = "key-7" });
        page.WaitForAssertion(() => Assert.Equal("secret.save", Assert.Single(page.FindAll("[data-row]")).GetAttribute("data-audited")), Patience);
        await page.Find("[data-field=until]").ChangeAsync(new() { Value = "2001-01-01" });
        page.WaitForAssertion(() => Assert.Contains("No row matches", page.Markup), Patience);
        await page.Find("[data-action=forget]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Equal(50, page.FindAll("[data-row]").Count), Patience);

        await page.Find("[data-action=verify]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("53 rows were checked", page.Find("[data-part=verdict]").TextContent), Patience);
        await using (var db = await hub.Services.GetRequiredService<IDbContextFactory<FlowsDb>>().CreateDbContextAsync())
            await db.Database.ExecuteSqlAsync($"UPDATE audit SET \"Thing\" = 'nothing' WHERE \"Seq\" = 9");
        await page.Find("[data-action=verify]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("Row 9 is not as it was written", page.Find("[data-damage=Changed]").TextContent), Patience);
    }

    private static IElement Newest(IRenderedComponent<AuditPage> page) => page.FindAll("[data-row]")[0];
}
