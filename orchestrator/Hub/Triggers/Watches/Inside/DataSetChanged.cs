using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.DataSets;
using Flows.Contract.Definitions;
using Flows.Hub.DataSets;
using Flows.Hub.Storage;

namespace Flows.Hub.Triggers.Watches.Inside;

/// <summary>New versions of a data set of the flow's project.</summary>
internal sealed class DataSetChanged(DataSetRegistry sets, TriggerBook book, Signals signals) : IWatchKind
{
    public string ActivityType => "Flows.DataSetChanged";

    public IReadOnlyList<PolicyProblem> ProblemsOf(JsonObject inputs) => [];

    public IWatch Open(WatchedTrigger trigger) => new DataSetWatch(trigger, sets, book, signals.Listen(DataSetRegistry.Topic, DataSetRegistry.KeyOf(trigger.ProjectId, DataSetWatch.NameIn(trigger))));
}

internal sealed class DataSetWatch(WatchedTrigger trigger, DataSetRegistry sets, TriggerBook book, Signals.Listener news) : IWatch
{
    // A signal may be lost.
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(5);

    public static string NameIn(WatchedTrigger trigger) => trigger.Inputs.Text("dataSet")?.Trim() ?? "";

    /// <summary>One version at a time: those that came together, or while no server ran, are a fire each.</summary>
    public async Task<Look> LookAsync(Seen seen, CancellationToken cancellation)
    {
        // What came between the publication and the first look is new.
        var before = seen.Cursor?.Int("version") ?? await sets.NewestAsync(NameIn(trigger), trigger.Since, trigger.ProjectId, cancellation);
        return await sets.NextAsync(NameIn(trigger), before, trigger.ProjectId, cancellation) is { } next
            ? new Look(CursorOf(next.Version), await FireOfAsync(next, cancellation), IsMore: true)
            : new Look(CursorOf(before));
    }

    public Task WaitAsync(CancellationToken cancellation) => news.WaitAsync(Poll, cancellation);

    public ValueTask DisposeAsync()
    {
        news.Dispose();
        return ValueTask.CompletedTask;
    }

    private static JsonObject CursorOf(int version) => new() { ["version"] = version };

    private async Task<Fire> FireOfAsync(DataSetVersion version, CancellationToken cancellation) => new($"version {version.Version}", version.CreatedAt, new JsonObject
    {
        ["dataSet"] = version.Name,
        ["dataSetVersion"] = version.Version,
        ["data"] = version.Data.ToJson(),
        ["runId"] = version.RunId,
    })
    {
        // A flow that registers what it starts by would go on for ever.
        Depth = version.RunId is { } run ? 1 + await book.DepthAsync(run, cancellation) : 0,
    };
}
