using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Hub.Access;

namespace Flows.Hub.Triggers.Watches.Files;

/// <summary>Files and folders of this machine, told of by the system where it can and looked at by the clock as well.</summary>
internal sealed class FilesChanged(Reach reach, TimeProvider time) : IWatchKind
{
    public string ActivityType => "Flows.FilesChanged";

    public IReadOnlyList<PolicyProblem> ProblemsOf(JsonObject inputs)
    {
        var problems = WatchFields.Durations(inputs, "settleSeconds", "pollSeconds").ToList();
        if (inputs.Text("path") is { } path && !Path.IsPathFullyQualified(path)) problems.Add(new PolicyProblem("path", $"must be a whole path such as /data/incoming, not '{path}'", "Write it from the root of the server's machine."));
        return problems;
    }

    /// <exception cref="WatchFault">Flows do not look there.</exception>
    public IWatch Open(WatchedTrigger trigger)
    {
        var watched = FilesWatched.Of(trigger.Inputs);
        return reach.Folders.Allows(watched.Path) ? new FolderWatch(watched, time) : throw new WatchFault($"'{watched.Path}' {FolderPolicy.Refusal}");
    }
}

/// <summary>What a trigger watches, by its inputs.</summary>
internal sealed record FilesWatched(string Path, string Pattern)
{
    /// <summary>A file counts as changed once nothing wrote to it for so long.</summary>
    public TimeSpan Settle { get; init; }

    public TimeSpan Poll { get; init; }

    public bool WithRemoved { get; init; }

    public static FilesWatched Of(JsonObject inputs) => new(inputs.Text("path") ?? "", inputs.Text("pattern") is { Length: > 0 } pattern ? pattern : "*")
    {
        Settle = WatchFields.Duration(inputs, "settleSeconds", 2),
        Poll = WatchFields.Duration(inputs, "pollSeconds", 30),
        WithRemoved = inputs.Flag("removed"),
    };
}
