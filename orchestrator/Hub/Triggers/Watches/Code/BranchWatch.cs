using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Hub.Storage;

namespace Flows.Hub.Triggers.Watches.Code;

internal sealed class BranchWatch(WatchedTrigger trigger, GitMirror mirror, Signals.Listener news, TimeProvider time) : IWatch
{
    /// <summary>Most commits that a payload lists, the newest; its count says how many there are, up to this.</summary>
    private const int MostCommits = 200;

    private readonly string _branch = trigger.Inputs.Text("branch") is { Length: > 0 } branch ? branch : "main";
    private readonly TimeSpan _poll = WatchFields.Duration(trigger.Inputs, "pollSeconds", 60);
    private readonly IReadOnlyList<string> _paths = PathsOf(trigger.Inputs["paths"]);

    public async Task<Look> LookAsync(Seen seen, CancellationToken cancellation)
    {
        var head = await mirror.HeadAsync(_branch, cancellation) ?? throw new WatchFault($"The repository has no branch '{_branch}'; the trigger goes on when there is one again.");
        var cursor = new JsonObject { ["head"] = head };
        var before = seen.Cursor?.Text("head");
        if (before == head) return new Look(cursor);
        await mirror.FetchAsync(_branch, cancellation);
        if (before is null) return new Look(cursor);
        var isForced = !await mirror.HasAsync(before, cancellation) || !await mirror.IsBeforeAsync(before, head, cancellation);
        var commits = await mirror.CommitsAsync(await mirror.HasAsync(before, cancellation) ? before : null, head, _paths, MostCommits, cancellation);
        // A branch that was set back has no new commit and is another one all the same.
        var isOurs = commits.Count > 0 || isForced && _paths.Count == 0;
        return new Look(cursor, isOurs ? new Fire($"{seen.Revision} {head}", time.GetUtcNow(), PayloadOf(before, head, isForced, commits)) : null);
    }

    public Task WaitAsync(CancellationToken cancellation) => news.WaitAsync(_poll, cancellation);

    public ValueTask DisposeAsync()
    {
        news.Dispose();
        return ValueTask.CompletedTask;
    }

    private JsonObject PayloadOf(string before, string head, bool isForced, IReadOnlyList<GitCommit> commits) => new()
    {
        ["repository"] = trigger.Inputs.Text("repository"),
        ["branch"] = _branch,
        ["commit"] = head,
        ["before"] = before,
        ["forced"] = isForced,
        ["count"] = commits.Count,
        ["changedPaths"] = new JsonArray([.. commits.SelectMany(commit => commit.Paths).Distinct().Order(StringComparer.Ordinal).Take(Listing.MostListed).Select(path => (JsonNode)path)]),
        ["commits"] = new JsonArray([.. commits.Select(commit => (JsonNode)new JsonObject { ["id"] = commit.Id, ["author"] = commit.Author, ["email"] = commit.Mail, ["at"] = commit.At, ["message"] = commit.Subject })]),
    };

    // Patterns as git writes them: src/*.py, docs.
    private static IReadOnlyList<string> PathsOf(JsonNode? paths) => paths switch
    {
        JsonArray list => [.. list.Select(JsonReading.AsText).OfType<string>().Where(path => path.Length > 0)],
        { } one when one.AsText() is { } text => text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        _ => [],
    };
}
