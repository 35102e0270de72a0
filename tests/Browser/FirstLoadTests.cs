using Flows.Tests.Support;
using Microsoft.Playwright;

namespace Flows.Tests.Browser;

/// <summary>What a browser fetches to show <c>/</c> of the published program.</summary>
[Collection(SharedBrowser.Name)]
public sealed class FirstLoadTests(ChromiumFixture chromium)
{
    // Bytes. The first is the budget of docs/decisions/0004, the second the page, who one is and the lists that it shows.
    private const double Most = 3_000_000, MostAgain = 60_000;

    [Fact]
    public async Task It_is_less_than_three_megabytes_from_no_other_host_and_comes_from_the_cache_the_second_time()
    {
        Long.Only();
        await using var page = await chromium.OpenNewAsync();
        await using var hub = await PublishedHub.StartAsync();
        var network = await page.Page.Context.NewCDPSessionAsync(page.Page);
        var (bytes, files) = (0.0, new List<IResponse>());
        network.Event("Network.loadingFinished").OnEvent += (_, finished) => bytes += finished!.Value.GetProperty("encodedDataLength").GetDouble();
        await network.SendAsync("Network.enable");
        page.Page.Response += (_, answer) => { if (answer.Url.Contains("/_framework/", StringComparison.Ordinal)) files.Add(answer); };

        await page.LoadAsync(hub.Url + "/");
        var first = bytes;
        await page.LoadAsync(hub.Url + "/");

        Assert.InRange(first, Most / 5, Most);
        Assert.InRange(bytes - first, 0, MostAgain);
        Assert.True(files.Count > 10);
        // ObservedPage counts a request to another host as an error.
        Assert.Empty(page.Errors);
    }
}
