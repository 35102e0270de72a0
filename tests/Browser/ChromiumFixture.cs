using System.Collections.Concurrent;
using Flows.Tests.Support;
using Microsoft.Playwright;

namespace Flows.Tests.Browser;

/// <summary>One Chromium and one real server for browser tests. Without Chromium the tests are skipped, visibly, but never in CI.</summary>
public sealed class ChromiumFixture : IAsyncLifetime
{
    // Milliseconds.
    private const float Patience = 180_000;

    private const string Chromium = "/usr/bin/chromium-headless-shell";

    private static readonly string[] Flags =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private readonly ConcurrentDictionary<ColorScheme, ObservedPage> _left = [];
    private readonly ConcurrentDictionary<ColorScheme, ObservedPage> _leftSignedOut = [];
    private TestHub? _hub;

    public TestHub Hub => _hub ?? throw new InvalidOperationException("The server was not started.");

    /// <summary>Where screenshots go: <c>artifacts/screenshots</c> of the repository, not kept in git.</summary>
    public static string Screenshots { get; } = Path.Combine(Root(), "artifacts", "screenshots");

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Chromium)) return;
        Directory.CreateDirectory(Screenshots);
        // A machine that is busy with other tests answers late; what never comes is waited for once.
        Assertions.SetDefaultExpectTimeout(Patience);
        _hub = await TestHub.StartAsync();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Chromium, Args = Flags });
    }

    /// <summary>
    /// A page with nothing stored. It is the one that an earlier test left, if there is one: loading the designer anew
    /// takes ten seconds of processor time where it is not published. Skips the test when there is no browser.
    /// </summary>
    public async Task<ObservedPage> OpenAsync(ColorScheme scheme = ColorScheme.Light)
    {
        if (_left.TryRemove(scheme, out var left))
        {
            await left.ForgetAsync();
            return left;
        }
        return new ObservedPage(await (await ContextAsync(scheme)).NewPageAsync(), page => _left.TryAdd(scheme, page));
    }

    /// <summary>
    /// A page that shows nothing yet and has signed in nowhere. It is the one that an earlier such test left, if there is one: what its browser
    /// has of the designer's files makes loading them anew half as dear.
    /// </summary>
    public async Task<ObservedPage> OpenSignedOutAsync(ColorScheme scheme = ColorScheme.Light)
    {
        if (_leftSignedOut.TryRemove(scheme, out var left))
        {
            await left.ForgetEverythingAsync();
            return left;
        }
        return new ObservedPage(await (await ContextAsync(scheme)).NewPageAsync(), page => _leftSignedOut.TryAdd(scheme, page));
    }

    /// <summary>A page in a profile of its own, which goes with it.</summary>
    public async Task<ObservedPage> OpenNewAsync(ColorScheme scheme = ColorScheme.Light) => new(await (await ContextAsync(scheme)).NewPageAsync(), _ => false);

    private async Task<IBrowserContext> ContextAsync(ColorScheme scheme)
    {
        if (_browser is null)
        {
            Assert.False(IsCi, $"{Chromium} is missing: apt-get install chromium-headless-shell");
            Assert.Skip($"{Chromium} is missing: apt-get install chromium-headless-shell");
        }
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = Hub.Url,
            ColorScheme = scheme,
            // A picture that moves for ever is drawn by the processor here.
            ReducedMotion = ReducedMotion.Reduce,
            ViewportSize = new ViewportSize { Width = 1360, Height = 850 },
            AcceptDownloads = true,
        });
        context.SetDefaultTimeout(Patience);
        return context;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (_hub is not null) await _hub.DisposeAsync();
    }

    private static bool IsCi => Environment.GetEnvironmentVariable("CI") == "1" || Environment.GetEnvironmentVariable("FLOWS_CI") == "1";

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Flows.sln"))) folder = folder.Parent;
        return folder?.FullName ?? AppContext.BaseDirectory;
    }
}
