using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Contract.Models;
using Flows.Hub.Models;

namespace Flows.Hub.Triggers.Watches.Inside;

/// <summary>New versions of a model, or an alias of it that points at another version.</summary>
internal sealed class ModelChanged(ModelRegistry models, TimeProvider time) : IWatchKind
{
    public string ActivityType => "Flows.ModelChanged";

    public IReadOnlyList<PolicyProblem> ProblemsOf(JsonObject inputs) => [.. WatchFields.Durations(inputs, "pollSeconds")];

    public IWatch Open(WatchedTrigger trigger) => new ModelWatch(trigger, models, time);
}

internal sealed class ModelWatch(WatchedTrigger trigger, ModelRegistry models, TimeProvider time) : IWatch
{
    private readonly string _name = trigger.Inputs.Text("model") ?? "";
    private readonly string? _alias = trigger.Inputs.Text("alias") is { Length: > 0 } alias ? alias : null;
    private readonly TimeSpan _poll = WatchFields.Duration(trigger.Inputs, "pollSeconds", 1);

    public async Task<Look> LookAsync(Seen seen, CancellationToken cancellation)
    {
        if (_alias is not null) return OfAlias(await models.FindByAliasAsync(_name, _alias, trigger.ProjectId, cancellation), seen);
        var before = seen.Cursor?.Int("version");
        var versions = await models.VersionsAsync(_name, trigger.ProjectId, cancellation);
        if (before is null) return new Look(new JsonObject { ["version"] = versions.FirstOrDefault()?.Version ?? 0 });
        var next = versions.Where(version => version.Version > before).MinBy(version => version.Version);
        return next is null ? new Look(new JsonObject { ["version"] = before }) : new Look(new JsonObject { ["version"] = next.Version }, FireOf($"version {next.Version}", next, next.CreatedAt), IsMore: true);
    }

    public Task WaitAsync(CancellationToken cancellation) => Task.Delay(_poll, time, cancellation);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Look OfAlias(ModelVersion? now, Seen seen)
    {
        var cursor = new JsonObject { ["version"] = now?.Version ?? 0 };
        return now is null || seen.Cursor is null || seen.Cursor.Int("version") == now.Version ? new Look(cursor) : new Look(cursor, FireOf($"{seen.Revision} {_alias} {now.Version}", now, time.GetUtcNow()));
    }

    private Fire FireOf(string key, ModelVersion version, DateTimeOffset at) => new(key, at, new JsonObject
    {
        ["model"] = version.Name,
        ["modelVersion"] = version.Version,
        ["alias"] = _alias,
        ["runId"] = version.RunId,
        ["artifact"] = version.Model.ToJson(),
    });
}
