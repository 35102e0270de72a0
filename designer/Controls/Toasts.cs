namespace Flows.Designer.Controls;

public enum ToastKind { Info, Success, Problem }

/// <summary>A short message in the corner of the page.</summary>
public sealed record Toast(int Number, ToastKind Kind, string Text, string? Detail);

/// <summary>The messages now on screen. Problems stay until dismissed; everything else leaves after six seconds.</summary>
public sealed class Toasts(TimeProvider time)
{
    private static readonly TimeSpan Stay = TimeSpan.FromSeconds(6);
    private readonly List<Toast> _shown = [];
    private int _next;

    public event Action? Changed;

    public IReadOnlyList<Toast> Shown => _shown;

    public void Info(string text, string? detail = null) => Show(ToastKind.Info, text, detail);

    public void Success(string text, string? detail = null) => Show(ToastKind.Success, text, detail);

    public void Problem(string text, string? detail = null) => Show(ToastKind.Problem, text, detail);

    public void Dismiss(Toast toast)
    {
        if (_shown.Remove(toast)) Changed?.Invoke();
    }

    private void Show(ToastKind kind, string text, string? detail)
    {
        var toast = new Toast(++_next, kind, text, detail);
        _shown.Add(toast);
        Changed?.Invoke();
        if (kind != ToastKind.Problem) _ = LeaveAsync(toast);
    }

    private async Task LeaveAsync(Toast toast)
    {
        await Task.Delay(Stay, time);
        Dismiss(toast);
    }
}
