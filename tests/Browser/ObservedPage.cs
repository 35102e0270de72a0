using Microsoft.Playwright;

namespace Flows.Tests.Browser;

/// <summary>A browser page that remembers every error its console or a script reported.</summary>
public sealed class ObservedPage : IAsyncDisposable
{
    private const string Nowhere = "/nowhere";

    private readonly List<string> _errors = [];

    private readonly Func<ObservedPage, bool> _leave;

    /// <param name="leave">Takes the page when its test is done with it; false when nobody does.</param>
    public ObservedPage(IPage page, Func<ObservedPage, bool> leave)
    {
        (Page, _leave) = (page, leave);
        page.Console += (_, message) => { if (message.Type == "error") _errors.Add($"{page.Url}: {message.Text}"); };
        // Nothing that the pages need comes from anywhere else.
        page.Request += (_, request) => { if (IsOutside(request.Url)) _errors.Add($"{page.Url}: asked for {request.Url}"); };
        page.PageError += (_, error) => _errors.Add($"{page.Url}: {error}");
    }

    public IPage Page { get; }

    public IReadOnlyList<string> Errors => _errors;

    public ILocator this[string selector] => Page.Locator(selector);

    /// <summary>Opens an address of the designer, by a link once it is loaded, and waits until the page has said what it is and loaded what it shows.</summary>
    public async Task GoAsync(string path)
    {
        if (await Page.EvaluateAsync<bool>("typeof Blazor === 'object'"))
        {
            // By way of a page that shows nothing, so that what is waited for is never what was there before.
            if (new Uri(Page.Url).AbsolutePath != Nowhere) await FollowAsync(Nowhere);
            if (path != Nowhere) await FollowAsync(path);
        }
        else await Page.GotoAsync(path);
        await ShownAsync();
    }

    /// <summary>Opens an address as one that was typed in: the designer is loaded anew.</summary>
    public async Task LoadAsync(string path)
    {
        await Page.GotoAsync(path);
        await ShownAsync();
    }

    private async Task ShownAsync()
    {
        await this["h1"].First.WaitForAsync();
        await Assertions.Expect(this[".loading"]).ToHaveCountAsync(0);
    }

    /// <summary>What a test before this one left is forgotten: what the browser stored, and errors.</summary>
    public async Task ForgetAsync()
    {
        await Page.EvaluateAsync("() => { localStorage.clear(); sessionStorage.clear(); }");
        await Page.SetViewportSizeAsync(1360, 850);
        _errors.Clear();
    }

    /// <summary>The same, with the page itself and who it was signed in as.</summary>
    public async Task ForgetEverythingAsync()
    {
        await ForgetAsync();
        // A page that lost its cookies would go and sign in.
        await Page.GotoAsync("about:blank");
        await Page.Context.ClearCookiesAsync();
        _errors.Clear();
    }

    private static bool IsOutside(string asked) =>
        Uri.TryCreate(asked, UriKind.Absolute, out var address) && (address.Scheme is "http" or "https" or "ws" or "wss") && !address.IsLoopback;

    private async Task FollowAsync(string path)
    {
        await Page.EvaluateAsync("path => { document.querySelectorAll('h1').forEach(title => title.dataset.left = ''); Blazor.navigateTo(path); }", path);
        await this["h1:not([data-left])"].First.WaitForAsync();
    }

    // A colour that is on its way from one theme to the other would be half of each.
    public async Task<byte[]> ShootAsync(string name) =>
        await Page.ScreenshotAsync(new PageScreenshotOptions { Animations = ScreenshotAnimations.Disabled, Path = Path.Combine(ChromiumFixture.Screenshots, name + ".png") });

    public async ValueTask DisposeAsync()
    {
        if (Page.IsClosed || !_leave(this)) await Page.Context.DisposeAsync();
    }
}
