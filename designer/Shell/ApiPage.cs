using Flows.Designer.Api;
using Flows.Designer.Controls;
using Microsoft.AspNetCore.Components;

namespace Flows.Designer.Shell;

/// <summary>A page that shows what the server knows: loading, then content or the problem; loads again once the server is back.</summary>
public abstract class ApiPage : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _leaving = new();

    [Inject] protected FlowsApi Api { get; set; } = null!;

    [Inject] protected Toasts Toasts { get; set; } = null!;

    [Inject] protected Connection Connection { get; set; } = null!;

    protected ApiProblem? Problem { get; private set; }

    protected bool IsLoaded { get; private set; }

    protected CancellationToken Leaving => _leaving.Token;

    protected abstract Task LoadAsync(CancellationToken cancellation);

    protected override void OnInitialized() => Connection.Healed += OnHealed;

    protected override Task OnParametersSetAsync() => ReloadAsync();

    protected async Task ReloadAsync()
    {
        try
        {
            await LoadAsync(Leaving);
            Problem = null;
            IsLoaded = true;
        }
        catch (ApiProblem problem) { Problem = problem; }
        catch (OperationCanceledException) when (Leaving.IsCancellationRequested) { return; }
        StateHasChanged();
    }

    /// <summary>Carries out what a person asked for; a refusal becomes a toast.</summary>
    protected async Task<bool> TryAsync(Func<Task> work)
    {
        try
        {
            await work();
            return true;
        }
        catch (ApiProblem problem)
        {
            Toasts.Problem(problem.Title, problem.Problems.Count > 0 ? string.Join(" ", problem.Problems.Select(p => p.Message)) : problem.Detail);
            return false;
        }
    }

    private void OnHealed() => _ = InvokeAsync(ReloadAsync);

    public void Dispose()
    {
        Connection.Healed -= OnHealed;
        _leaving.Cancel();
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) { }
}
