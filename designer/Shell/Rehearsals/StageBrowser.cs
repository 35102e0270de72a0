using Microsoft.JSInterop;

namespace Flows.Designer.Shell.Rehearsals;

/// <summary>A browser that remembers nothing and does nothing.</summary>
/// <param name="pause">Awaited before each answer.</param>
internal sealed class StageBrowser(Func<Task> pause) : IJSRuntime, IJSObjectReference
{
    public async ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args)
    {
        await pause();
        return this is TValue module ? module : default!;
    }

    public ValueTask<TValue> InvokeAsync<TValue>(string identifier, CancellationToken cancellationToken, object?[]? args) => InvokeAsync<TValue>(identifier, args);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
