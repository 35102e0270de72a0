using System.Runtime.ExceptionServices;
using Flows.Designer.Api;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.RenderTree;
using Microsoft.JSInterop;

// The batch is only passed by; the framework's own renderer without a page writes HTML, whose weight every first visit would carry.
#pragma warning disable BL0006

namespace Flows.Designer.Shell.Rehearsals;

/// <summary>Renders components that nobody gets to see: they do not touch the page, and are not told that they were rendered.</summary>
internal sealed class UnseenStage(IServiceProvider services, ILoggerFactory loggers, FlowsApi api, IJSRuntime browser)
    : Renderer(new Props(services, api, browser), loggers)
{
    private static readonly Task Unseen = Task.FromCanceled(new CancellationToken(canceled: true));

    public override Dispatcher Dispatcher { get; } = Dispatcher.CreateDefault();

    /// <summary>Until the component has loaded what it shows.</summary>
    public async Task<T> ShowAsync<T>(Dictionary<string, object?> parameters) where T : IComponent
    {
        var component = (T)InstantiateComponent(typeof(T));
        await Dispatcher.InvokeAsync(() => RenderRootComponentAsync(AssignRootComponentId(component), ParameterView.FromDictionary(parameters)));
        return component;
    }

    // A display that is not updated: what a component does after it was rendered is left out.
    protected override Task UpdateDisplayAsync(in RenderBatch batch) => Unseen;

    protected override void HandleException(Exception exception) => ExceptionDispatchInfo.Throw(exception);

    // All is the real thing but the server and the browser.
    private sealed class Props(IServiceProvider services, FlowsApi api, IJSRuntime browser) : IServiceProvider
    {
        public object? GetService(Type type) => type == typeof(FlowsApi) ? api : type == typeof(IJSRuntime) ? browser : services.GetService(type);
    }
}
