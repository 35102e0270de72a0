using Microsoft.JSInterop;

namespace Flows.Designer.Theme;

/// <summary>Light or dark: the system's wish until a person chooses; the choice is kept in the browser.</summary>
public sealed class ThemeChoice(IJSRuntime js)
{
    public bool IsDark { get; private set; }

    public async Task ReadAsync() => IsDark = await js.InvokeAsync<string>("flowsTheme.current") == "dark";

    public async Task ToggleAsync()
    {
        IsDark = !IsDark;
        await js.InvokeVoidAsync("flowsTheme.choose", IsDark ? "dark" : "light");
    }
}
