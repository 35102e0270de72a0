using System.Globalization;
using System.Text;
using Microsoft.Playwright;

namespace Flows.Benchmarks;

/// <summary>The published editor in headless Chromium: first load, opening a flow, frames per second while nodes are dragged and the canvas is panned.</summary>
public static class DesignerBench
{
    private static readonly string[] Flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    public static async Task<IReadOnlyList<BenchResult>> RunAsync()
    {
        await using var hub = await PublishedHub.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(hub.Url), Timeout = TimeSpan.FromMinutes(5) };
        int[] sizes = [100, 1000, 5000];
        foreach (var size in sizes) (await http.PostAsync("api/flows/import", new StringContent(BigFlow.Of($"big-{size}", size), Encoding.UTF8, "application/json"))).EnsureSuccessStatusCode();

        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = "/usr/bin/chromium", Args = Flags });
        var results = new List<BenchResult>();
        await FirstLoadAsync(browser, hub.Url, results);
        foreach (var size in sizes) await OneAsync(browser, hub.Url, size, results);
        return results;
    }

    private static async Task FirstLoadAsync(IBrowser browser, string url, List<BenchResult> results)
    {
        var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        var (seconds, bytes) = await LoadAsync(page, url);
        results.Add(new BenchResult("designer", "first load of /, compressed", bytes / 1e6, "MB", 3, bytes / 3e6, "< 3 MB"));
        results.Add(new BenchResult("designer", "first load of / until the page is there", seconds, "s", 2, seconds / 2, "< 2 s"));
        (seconds, _) = await LoadAsync(page, url);
        results.Add(new BenchResult("designer", "later load of /", seconds, "s", 1, seconds, "< 1 s"));
        await context.DisposeAsync();
    }

    private static async Task<(double Seconds, double Bytes)> LoadAsync(IPage page, string url)
    {
        var network = await page.Context.NewCDPSessionAsync(page);
        var bytes = 0.0;
        network.Event("Network.loadingFinished").OnEvent += (_, finished) => bytes += finished!.Value.GetProperty("encodedDataLength").GetDouble();
        await network.SendAsync("Network.enable");
        await page.GotoAsync(url);
        await page.Locator("h1").First.WaitForAsync();
        return (await page.EvaluateAsync<double>("performance.now()") / 1000, bytes);
    }

    private static async Task OneAsync(IBrowser browser, string url, int size, List<BenchResult> results)
    {
        var context = await browser.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1600, Height = 1000 } });
        var page = await context.NewPageAsync();
        await page.GotoAsync(url);
        await page.Locator("h1").First.WaitForAsync();
        var opened = await OpenAsync(page, $"flows/big-{size}");
        var limit = size <= 1000 ? 1.0 : 2.0;
        results.Add(new BenchResult("designer", $"{size} nodes: open", opened, "s", limit, opened / limit, $"< {limit:0} s"));
        await page.WaitForTimeoutAsync(4000);
        results.Add(Frames($"{size} nodes: drag a node", await FramesAsync(page, await CentreAsync(page, "[data-node=n1] .node-box"), 160, 90)));
        results.Add(Frames($"{size} nodes: pan", await FramesAsync(page, await EmptyAsync(page), -500, -260)));
        await page.Keyboard.PressAsync("f");
        await page.WaitForTimeoutAsync(1500);
        results.Add(Frames($"{size} nodes: pan, zoomed out to fit", await FramesAsync(page, await EmptyAsync(page), 200, 120)));
        await context.DisposeAsync();
    }

    // Within the app, as a click on the list does, until the nodes are painted.
    private static Task<double> OpenAsync(IPage page, string path) => page.EvaluateAsync<double>("""
        path => new Promise(done => {
          const start = performance.now();
          const look = () => document.querySelector("[data-node]") ? requestAnimationFrame(() => done((performance.now() - start) / 1000)) : requestAnimationFrame(look);
          Blazor.navigateTo(path);
          look();
        })
        """, path);

    private static async Task<(float X, float Y)> CentreAsync(IPage page, string selector)
    {
        var box = (await page.Locator(selector).First.BoundingBoxAsync())!;
        return (box.X + box.Width / 2, box.Y + 20);
    }

    // A place of the canvas where nothing is, so that a drag pans.
    private static async Task<(float X, float Y)> EmptyAsync(IPage page)
    {
        var at = await page.EvaluateAsync<float[]>("""
            () => {
              const box = document.querySelector(".canvas-sheet").getBoundingClientRect();
              for (let y = box.top + box.height / 2; y < box.bottom - 20; y += 3)
                for (let x = box.left + box.width / 2; x < box.right - 220; x += 3)
                  if (document.elementFromPoint(x, y)?.classList.contains("canvas-sheet")) return [x, y];
              return [box.left + 6, box.top + 6];
            }
            """);
        return (at[0], at[1]);
    }

    // Moves there and back for two seconds while the page counts its frames.
    private static async Task<double[]> FramesAsync(IPage page, (float X, float Y) from, float dx, float dy)
    {
        await page.Mouse.MoveAsync(from.X, from.Y);
        await page.Mouse.DownAsync();
        await page.EvaluateAsync("() => { window.frames_ = []; const count = (now) => { window.frames_.push(now); if (window.frames_) window.counting_ = requestAnimationFrame(count); }; window.counting_ = requestAnimationFrame(count); }");
        for (var i = 1; i <= 160; i++)
        {
            var share = (float)Math.Sin(i / 160.0 * Math.PI);
            await page.Mouse.MoveAsync(from.X + dx * share, from.Y + dy * share);
        }
        var frames = await page.EvaluateAsync<double[]>("() => { cancelAnimationFrame(window.counting_); return window.frames_; }");
        await page.Mouse.UpAsync();
        var gaps = frames.Zip(frames.Skip(1), (one, next) => next - one).Order().ToArray();
        return gaps.Length == 0 ? [0, 0] : [1000 * gaps.Length / gaps.Sum(), gaps[^1]];
    }

    private static BenchResult Frames(string what, double[] measured) =>
        new("designer", what + string.Create(CultureInfo.InvariantCulture, $" (worst frame {measured[1]:0} ms)"), measured[0], "frames/s", 58, 58 / Math.Max(1, measured[0]), "≥ 58 frames/s");
}
