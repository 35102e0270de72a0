using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;

namespace Flows.Hub.Triggers.Watches.Queries;

/// <summary>What a query of a database gives: another result than before, or rows with more in a column than any before.</summary>
internal sealed partial class QueryChanged(Reach reach, TimeProvider time) : IWatchKind
{
    public string ActivityType => "Flows.QueryChanged";

    public IReadOnlyList<PolicyProblem> ProblemsOf(JsonObject inputs)
    {
        var problems = WatchFields.Durations(inputs, "pollSeconds").ToList();
        if (inputs.Text("watermark") is { Length: > 0 } column && !Name().IsMatch(column)) problems.Add(new PolicyProblem("watermark", $"must be the name of one column of the result, not '{column}'", "Write it as the query gives it, such as id or updated_at."));
        if (inputs.Text("channel") is { Length: > 0 } channel && !Name().IsMatch(channel)) problems.Add(new PolicyProblem("channel", $"must be a name of letters, digits and _, not '{channel}'", "Write it as NOTIFY does."));
        if (inputs.Text("channel") is { Length: > 0 } && inputs.Text("database") != "postgres") problems.Add(new PolicyProblem("channel", "is known to PostgreSQL only", "Choose postgres, or remove the channel."));
        return problems;
    }

    public IWatch Open(WatchedTrigger trigger) => new QueryWatch(trigger, reach, time);

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]{0,62}\z")]
    internal static partial Regex Name();
}
