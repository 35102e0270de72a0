using Microsoft.Playwright;

namespace Flows.Tests.Browser;

/// <summary>A browser page that remembers every error its console or a script reported.</summary>
public sealed class ObservedPage : IAsyncDisposable
{
    private readonly List<string> _errors = [];

    public ObservedPage(IPage page)
    {
        Page = page;
        page.Console += (_, message) => { if (message.Type == "error") _errors.Add($"{page.Url}: {message.Text}"); };
        page.PageError += (_, error) => _errors.Add($"{page.Url}: {error}");
    }

    public IPage Page { get; }

    public IReadOnlyList<string> Errors => _errors;

    public ILocator this[string selector] => Page.Locator(selector);

    /// <summary>Opens an address of the designer and waits until the page has said what it is and loaded what it shows.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(path);
        await this["h1"].First.WaitForAsync();
        await Assertions.Expect(this[".loading"]).ToHaveCountAsync(0);
    }

    public async Task<byte[]> ShootAsync(string name) =>
        await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(ChromiumFixture.Screenshots, name + ".png") });

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();
}
