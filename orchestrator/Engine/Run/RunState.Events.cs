using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Engine.Activities;
using Flows.Engine.Run;

namespace Flows.Engine;

/// <summary>Events between runs: what this one announced, and what it waits for.</summary>
public sealed partial class RunState
{
    private readonly SortedDictionary<int, Step> _publishing = [];

    /// <summary>Bookmarks of Event steps that wait for an event of that name; with a correlation id only when it is the run's.</summary>
    public IReadOnlyList<string> WaitingFor(string eventName, string? correlationId)
    {
        if (!string.IsNullOrEmpty(correlationId) && correlationId != CorrelationId) return [];
        return [.. _found.Values.Where(step => step.Node.Type == Stimulus.Event && Awaited(step) == eventName).OrderBy(step => step.BookmarkNumber).Select(step => step.BookmarkId!)];
    }

    // What was kept from an earlier run was announced by it; what is pinned has not happened.
    private void Announce(Step step)
    {
        if (step.Cached || step.Pinned) return;
        if (step.Node.Type == "Elsa.PublishEvent") Publish(step);
        else if (step.Node.Type == "Elsa.WriteHttpResponse") _effects.Add(new RunEffect.Respond(step.Id, (JsonObject?)step.Inputs?.DeepClone() ?? []));
    }

    private void Publish(Step step)
    {
        if (Announcement(step) is not { } publish) return;
        _publishing[step.Id] = step;
        _effects.Add(publish);
    }

    private void Delivered(RunEvent.EventDelivered delivered)
    {
        if (_publishing.Remove(delivered.Step)) Pump();
    }

    private static RunEffect.Publish? Announcement(Step step) => step.Inputs?.Text("eventName") is { Length: > 0 } name
        ? new RunEffect.Publish(step.Id, name, step.Inputs["payload"]?.DeepClone(), step.Inputs.Text("correlationId")) { IsLocal = step.Inputs.Flag("isLocalEvent") }
        : null;
}
