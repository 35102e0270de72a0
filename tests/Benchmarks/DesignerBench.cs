using System.Globalization;
using System.Text;
using Flows.Tests.Support;
using Microsoft.Playwright;

namespace Flows.Benchmarks;

/// <summary>
/// The published editor in headless Chromium: first load, opening a flow, frames per second while nodes are dragged and the canvas is panned, laying out,
/// and the page of a run of thousands of steps.
/// </summary>
public static class DesignerBench
{
    // Somebody who comes to the page finds the flow in the list first; the app is loaded when it has done what it does by itself.
    private const int Finding = 2000;
    private static readonly string[] Flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    public static async Task<IReadOnlyList<BenchResult>> RunAsync()
    {
        await using var hub = await PublishedHub.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(hub.Url), Timeout = TimeSpan.FromMinutes(5) };
        int[] sizes = [100, 1000, 5000];
        foreach (var size in sizes) (await http.PostAsync("api/flows/import", new StringContent(BigFlow.Of($"big-{size}", size), Encoding.UTF8, "application/json"))).EnsureSuccessStatusCode();

        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Chromium(), Args = Flags });
        var results = new List<BenchResult>();
        await FirstLoadAsync(browser, hub.Url, results);
        foreach (var size in sizes) await OneAsync(browser, hub.Url, size, results);
        foreach (var steps in new[] { 100, 5000 }) await RunPageAsync(browser, http, hub.Url, steps, results);
        return results;
    }

    // One that takes long, or hangs, has said what it found before.
    private static void Tell(List<BenchResult> results, BenchResult result)
    {
        results.Add(result);
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.Workload}: {result.Value:0.00} {result.Unit} ({result.Target})"));
    }

    private static string Chromium() => new[] { "/usr/bin/chromium", "/usr/bin/chromium-headless-shell" }.First(File.Exists);

    private static async Task FirstLoadAsync(IBrowser browser, string url, List<BenchResult> results)
    {
        await using var timed = await browser.NewContextAsync();
        var page = await timed.NewPageAsync();
        var first = await LoadAsync(page, url);
        // Another visit, not one into which the browser still compiles the first one's program.
        await page.WaitForTimeoutAsync(Finding);
        var later = await LoadAsync(page, url);
        Tell(results, new BenchResult("designer", "first load of / until the page is there", first, "s", 2, first / 2, "< 2 s"));
        Tell(results, new BenchResult("designer", "later load of /", later, "s", 1, later, "< 1 s"));
        // Other visits: one that is watched at each request is slower.
        await using var weighed = await browser.NewContextAsync();
        page = await weighed.NewPageAsync();
        (first, later) = (await WeighAsync(page, url), await WeighAsync(page, url));
        Tell(results, new BenchResult("designer", "first load of /, compressed", first / 1e6, "MB", 3, first / 3e6, "< 3 MB"));
        Tell(results, new BenchResult("designer", "later load of /: what is not cached by its content's hash", later / 1e3, "KB", 100, later / 1e5, "< 100 KB"));
    }

    private static async Task<double> LoadAsync(IPage page, string url)
    {
        await page.GotoAsync(url);
        await page.Locator("h1").First.WaitForAsync();
        return await page.EvaluateAsync<double>("performance.now()") / 1000;
    }

    // Bytes that came over the network until the page was there.
    private static async Task<double> WeighAsync(IPage page, string url)
    {
        var network = await page.Context.NewCDPSessionAsync(page);
        var (bytes, outside) = (0.0, new List<string>());
        page.Request += (_, request) => { if (Uri.TryCreate(request.Url, UriKind.Absolute, out var asked) && asked.Scheme.StartsWith("http", StringComparison.Ordinal) && !asked.IsLoopback) outside.Add(request.Url); };
        network.Event("Network.loadingFinished").OnEvent += (_, finished) => bytes += finished!.Value.GetProperty("encodedDataLength").GetDouble();
        await network.SendAsync("Network.enable");
        await LoadAsync(page, url);
        if (outside.Count > 0) throw new InvalidOperationException($"The page asks others: {string.Join(", ", outside)}.");
        return bytes;
    }

    private static async Task OneAsync(IBrowser browser, string url, int size, List<BenchResult> results)
    {
        var context = await browser.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1600, Height = 1000 } });
        var page = await context.NewPageAsync();
        await LoadAsync(page, url);
        await page.WaitForTimeoutAsync(Finding);
        var opened = await OpenAsync(page, $"flows/big-{size}");
        var limit = size <= 1000 ? 1.0 : 2.0;
        Tell(results, new BenchResult("designer", $"{size} nodes: open", opened, "s", limit, opened / limit, $"< {limit:0} s"));
        await page.WaitForTimeoutAsync(4000);
        Tell(results, Frames($"{size} nodes: drag a node", await FramesAsync(page, await CentreAsync(page, "[data-node=n1] .node-box"), 160, 90)));
        Tell(results, Frames($"{size} nodes: pan", await FramesAsync(page, await EmptyAsync(page), -500, -260)));
        await page.Keyboard.PressAsync("f");
        await page.WaitForTimeoutAsync(1500);
        Tell(results, Frames($"{size} nodes: pan, zoomed out to fit", await FramesAsync(page, await EmptyAsync(page), 200, 120)));
        Tell(results, await LayoutAsync(page, size));
        await context.DisposeAsync();
    }

    // A loop's run on its page: opened, scrolled, and a pass chosen in its strip.
    private static async Task RunPageAsync(IBrowser browser, HttpClient http, string url, int steps, List<BenchResult> results)
    {
        var flow = Some.Chain($"loop-{steps}", Some.Loop("loop", steps, Some.Activity("say", "Elsa.SetName", ("value", Some.Text("again")))));
        (await http.PostAsync("api/flows/import?publish=true", new StringContent(flow, Encoding.UTF8, "application/json"))).EnsureSuccessStatusCode();
        using var run = System.Text.Json.JsonDocument.Parse(await (await http.PostAsync($"api/flows/loop-{steps}/runs?wait=120", new StringContent("{}", Encoding.UTF8, "application/json"))).EnsureSuccessStatusCode().Content.ReadAsStringAsync());
        var context = await browser.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1600, Height = 1000 } });
        var page = await context.NewPageAsync();
        await LoadAsync(page, url);
        await page.WaitForTimeoutAsync(Finding);
        var opened = await OpenAsync(page, $"runs/{run.RootElement.GetProperty("id").GetString()}", "[data-part=heat-cells] path");
        Tell(results, new BenchResult("designer", $"run page of {steps} steps: open", opened, "s", 1, opened, "< 1 s"));
        await page.WaitForTimeoutAsync(1000);
        var chosen = await UntilPaintedAsync(page, "[data-part=heat-cells]", "[data-part=chosen-step]");
        Tell(results, new BenchResult("designer", $"run page of {steps} steps: a pass chosen", chosen, "ms", 100, chosen / 100, "< 100 ms"));
        var table = await UntilPaintedAsync(page, "[data-part=chosen-step] [aria-label='Show all steps']", "body:not(:has([data-part=chosen-step]))");
        Tell(results, new BenchResult("designer", $"run page of {steps} steps: and left again", table, "ms", 100, table / 100, "< 100 ms"));
        await context.DisposeAsync();
    }

    // Milliseconds from a click until what it brings is painted.
    private static Task<double> UntilPaintedAsync(IPage page, string click, string then) => page.EvaluateAsync<double>("""
        ([click, then]) => new Promise((done, failed) => {
          const target = document.querySelector(click), box = target.getBoundingClientRect(), start = performance.now();
          const look = () => document.querySelector(then) ? requestAnimationFrame(() => done(performance.now() - start))
            : performance.now() - start > 60000 ? failed(new Error(`no ${then}`)) : requestAnimationFrame(look);
          const at = { bubbles: true, clientX: box.left + 4, clientY: box.top + 4 };
          target.dispatchEvent(new MouseEvent("click", at));
          look();
        })
        """, new[] { click, then });

    // One press on Lay out until the frame after it: nothing else can happen meanwhile.
    private static async Task<BenchResult> LayoutAsync(IPage page, int size)
    {
        var took = await page.EvaluateAsync<double>("""
            () => new Promise(done => {
              const start = performance.now();
              document.querySelector("[data-action=layout]").click();
              requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)));
            })
            """);
        return new BenchResult("designer", $"{size} nodes: lay out", took, "ms", 300, took / 300, "< 300 ms");
    }

    // Within the app, as a click on the list does, until what is looked for is painted.
    private static Task<double> OpenAsync(IPage page, string path, string shown = "[data-node]") => page.EvaluateAsync<double>("""
        ([path, shown]) => new Promise((done, failed) => {
          const start = performance.now();
          const look = () => document.querySelector(shown) ? requestAnimationFrame(() => done((performance.now() - start) / 1000))
            : performance.now() - start > 60000 ? failed(new Error(`no ${shown}`)) : requestAnimationFrame(look);
          Blazor.navigateTo(path);
          look();
        })
        """, new[] { path, shown });

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
