using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Engine;
using Flows.Engine.Activities;
using Flows.Hub.Alerts;
using Flows.Hub.Triggers;
using Flows.Hub.Web;

namespace Flows.Hub.Runs;

/// <summary>Events: they resume the runs that wait for them and start the flows that begin with them.</summary>
public sealed partial class RunHost
{
    /// <summary>
    /// Resumes every Event step that waits for the event, and starts every published flow that begins with it; ends when that
    /// is in the runs' journals. Nobody waiting is no error: an event is not kept for later.
    /// </summary>
    public async Task<EventDelivery> DeliverAsync(EventNews news)
    {
        var elsewhere = (await _company.Waiting.FindAsync(Stimulus.Event, news.Name, news.CorrelationId)).Where(row => Find(row.RunId) is null).Select(row => row.Id);
        var bookmarks = Live.SelectMany(run => run.WaitingFor(news.Name, news.CorrelationId)).Concat(elsewhere).ToHashSet();
        // What starts now does not hear the event that started it.
        var posts = await Task.WhenAll(bookmarks.Select(bookmark => PostAsync(BookmarkRow.RunOf(bookmark), new RunEvent.BookmarkResumed(bookmark, news.Payload?.DeepClone()))));
        var started = new List<string>();
        var depth = news.Origin is { } origin ? 1 + await _fired.DepthAsync(origin.RunId, Stopping) : 0;
        foreach (var trigger in await BegunByAsync(news))
        {
            if (await StartAsync(trigger, news, depth) is { } run) started.Add(run);
        }
        return new EventDelivery(posts.Count(posted => posted is Posted.Delivered or Posted.Kept)) { Started = started };
    }

    private async Task<IReadOnlyList<TriggerRow>> BegunByAsync(EventNews news)
    {
        var begun = await _triggers.FindAsync(Stimulus.Event, news.Name, Stopping);
        if (!news.Name.StartsWith(Stimulus.AlertPrefix, StringComparison.Ordinal)) return begun;
        var alerted = await _triggers.FindAsync(Stimulus.Alert, news.Name[Stimulus.AlertPrefix.Length..], Stopping);
        return [.. begun, .. alerted.Where(trigger => new AlertFilter(JsonNode.Parse(trigger.Inputs)!.AsObject()).Lets(news.Payload))];
    }

    // A flow that cannot start now (one run at a time, or it was unpublished at this moment) does not keep the others from it.
    private async Task<string?> StartAsync(TriggerRow trigger, EventNews news, int depth)
    {
        var (key, at) = news.Origin is { } origin ? ($"{origin.RunId}/{origin.Step}", origin.At) : (NewId(), _company.Time.GetUtcNow());
        // An alert says itself what is the same thing, told again.
        var said = trigger.ActivityType == Stimulus.Alert ? (news.Payload as JsonObject)?.Text("key") : null;
        var fire = new Fire(said is { Length: > 0 } ? "alert " + RunStore.Digest(said)[..40] : key, at, news.Payload?.DeepClone()) { CorrelationId = news.CorrelationId, Depth = depth };
        return await _fires.Value.FireAsync(new TriggerKey(trigger.DefinitionId, trigger.ActivityId), fire, null, Stopping) is Fired.Taken taken ? taken.RunId : null;
    }
}

/// <param name="CorrelationId">Only runs with this correlation id are meant, and those that start get it; null: all that wait.</param>
public sealed record EventNews(string Name, JsonNode? Payload, string? CorrelationId)
{
    /// <summary>The step that announces it: delivered again after a crash, it starts nothing twice.</summary>
    public EventOrigin? Origin { get; init; }
}

public sealed record EventOrigin(string RunId, int Step, DateTimeOffset At);
