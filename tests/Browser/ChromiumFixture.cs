using Flows.Tests.Support;
using Microsoft.Playwright;

namespace Flows.Tests.Browser;

/// <summary>One Chromium and one real server for a class of browser tests. Without Chromium the tests are skipped, visibly, but never in CI.</summary>
public sealed class ChromiumFixture : IAsyncLifetime
{
    private const string Chromium = "/usr/bin/chromium";

    private static readonly string[] Flags =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private TestHub? _hub;

    public TestHub Hub => _hub ?? throw new InvalidOperationException("The server was not started.");

    /// <summary>Where screenshots go: <c>artifacts/screenshots</c> of the repository, not kept in git.</summary>
    public static string Screenshots { get; } = Path.Combine(Root(), "artifacts", "screenshots");

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Chromium)) return;
        Directory.CreateDirectory(Screenshots);
        _hub = await TestHub.StartAsync();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Chromium, Args = Flags });
    }

    /// <summary>A page in a profile of its own; skips the test when there is no browser.</summary>
    public async Task<ObservedPage> OpenAsync(ColorScheme scheme = ColorScheme.Light)
    {
        if (_browser is null)
        {
            Assert.False(IsCi, $"{Chromium} is missing: apt-get install chromium");
            Assert.Skip($"{Chromium} is missing: apt-get install chromium");
        }
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = Hub.Url,
            ColorScheme = scheme,
            ViewportSize = new ViewportSize { Width = 1360, Height = 850 },
            AcceptDownloads = true,
        });
        return new ObservedPage(await context.NewPageAsync());
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
