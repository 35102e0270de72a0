using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Designer.Api;
using Flows.Designer.Canvas;

namespace Flows.Designer.Shell.Rehearsals;

/// <summary>
/// Plays the editor once, unseen, while nobody waits. .NET is interpreted in the browser and a method is translated when it is first called:
/// that was more than half of what the first opening of a flow took.
/// </summary>
public sealed class Rehearsal(FlowsApi api, IServiceProvider services, ILoggerFactory loggers)
{
    private const string Flow = "rehearsal";
    private static readonly string[] Cast = ["Flows.FileSource", "Flows.SplitRows", "Flows.TrainModel"];

    /// <param name="pause">Awaited between its acts, each of which is short: whoever wants to do something goes in between. One that throws ends it.</param>
    /// <returns>Nodes that were drawn.</returns>
    public async Task<int> PlayAsync(Func<Task> pause)
    {
        var activities = await api.ActivitiesAsync();
        await pause();
        var text = Draw(activities).ToJsonString(ContractJson.Options);
        await pause();
        await using var stage = new UnseenStage(services, loggers, api.On(new StageServer(Flow, text, pause)), new StageBrowser(pause));
        var page = await stage.ShowAsync<FlowEditorPage>(new() { [nameof(FlowEditorPage.DefinitionId)] = Flow });
        await pause();
        // A page whose loading was broken off shows nothing, and says nothing of it.
        if (page.Canvas is not { } canvas) return 0;
        foreach (var act in Acts(canvas))
        {
            await stage.Dispatcher.InvokeAsync(act);
            await pause();
        }
        return canvas.Drawn.Count;
    }

    // From afar and laid out, then back, near, and a node dragged, with its form beside it.
    private static IEnumerable<Action> Acts(FlowCanvas canvas)
    {
        var hand = new CanvasGestures(canvas);
        return
        [
            () => canvas.Look(Viewport.Start with { Zoom = 0.1 }),
            canvas.Session.LayOut,
            canvas.Session.Undo,
            () => canvas.Look(Viewport.Start),
            () => hand.Take(canvas.Session.Graph.Nodes.First().Id, false),
            () => hand.Commit(new Gesture("hold")),
            () => hand.Commit(new Gesture("move") { X = 20 }),
            () => hand.Commit(new Gesture("rest")),
        ];
    }

    // Each wired to the one before it, by control and data.
    private static JsonObject Draw(IReadOnlyList<ActivityDescriptor> activities)
    {
        var session = new EditorSession(EmptyFlow.Named(Flow, "Rehearsal"), activities);
        string? last = null;
        foreach (var type in Cast)
            if (session.Catalog.Find(type) is { } descriptor) last = session.Add(descriptor, 300 * session.Graph.Nodes.Count, 0, last);
        return session.Draft.Flow.Json;
    }
}
