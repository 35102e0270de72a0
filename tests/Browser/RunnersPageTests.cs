using Flows.Hub.Runners;
using Flows.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Flows.Tests.Browser;

/// <summary>Who carries out steps, as people see it.</summary>
[Collection(SharedBrowser.Name)]
public sealed class RunnersPageTests(ChromiumFixture chromium)
{
    [Fact]
    public async Task A_machine_that_joins_shows_with_its_labels_and_whether_it_lives()
    {
        await using var page = await chromium.OpenAsync();
        await page.GoAsync("/");
        await page["[data-action=bar-menu]"].ClickAsync();
        await page["a[href=runners]"].ClickAsync();
        await Assertions.Expect(page["[data-runner=local]"]).ToContainTextAsync("Online");

        // Without a place: steps of other tests must not go there.
        await chromium.Hub.Services.GetRequiredService<RunnerRegistry>().RegisterAsync(new RunnerRow { Name = "gpu-box", Session = "first", Capacity = 0, Labels = "gpu,big" });

        await Assertions.Expect(page["[data-runner=gpu-box] .tag"]).ToHaveTextAsync(["gpu", "big"]);
        await Assertions.Expect(page["[data-runner=gpu-box] [data-part=places]"]).ToHaveTextAsync("0 steps of 0");
        await Assertions.Expect(page["[data-runner=gpu-box]"]).ToContainTextAsync("Gone", new() { Timeout = 30_000 });
        Assert.Empty(page.Errors);
    }
}
