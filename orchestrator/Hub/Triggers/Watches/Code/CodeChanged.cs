using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Hub.Runs;
using Flows.Hub.Storage;

namespace Flows.Hub.Triggers.Watches.Code;

/// <summary>New commits on a branch of a git repository, of this machine or another.</summary>
internal sealed partial class CodeChanged(DataFolder data, Signals signals, Reach reach, TimeProvider time) : IWatchKind
{
    public const string Type = "Flows.CodeChanged";

    /// <summary>Told, with the trigger's key, when somebody says that it is worth while to look.</summary>
    public const string Topic = "code";

    public string ActivityType => Type;

    public IReadOnlyList<PolicyProblem> ProblemsOf(JsonObject inputs)
    {
        var problems = WatchFields.Durations(inputs, "pollSeconds").ToList();
        var (repository, branch) = (inputs.Text("repository") ?? "", inputs.Text("branch") ?? "");
        if (repository.StartsWith('-') || Helper().IsMatch(repository)) problems.Add(new PolicyProblem("repository", $"must be a path or an address such as https://host/group/project.git, not '{repository}'", "Write it as git clone takes it."));
        if (branch.StartsWith('-') || branch.Any(letter => char.IsWhiteSpace(letter) || "~^:?*[\\".Contains(letter))) problems.Add(new PolicyProblem("branch", $"must be the name of a branch, not '{branch}'", "Write it as git branch shows it."));
        return problems;
    }

    public IWatch Open(WatchedTrigger trigger)
    {
        var repository = trigger.Inputs.Text("repository") ?? "";
        // Triggers do not share a copy: git locks it while it fetches.
        var mirror = new GitMirror(Path.Combine(data.Path, "git", RunStore.Digest($"{trigger.Key} {repository}")[..32]), repository, reach);
        return new BranchWatch(trigger, mirror, signals.Listen(Topic, trigger.Key.ToString()), time);
    }

    // A program that git would start, as ext::COMMAND. The colons of an IPv6 address stand elsewhere.
    [GeneratedRegex(@"\A[^/:\[\]@]*::")]
    private static partial Regex Helper();
}
