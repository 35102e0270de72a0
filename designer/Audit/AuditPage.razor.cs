using System.Globalization;
using Flows.Contract.Audit;
using Flows.Designer.Shell;

namespace Flows.Designer.Audit;

/// <summary>The audit log, newest first, for administrators.</summary>
public partial class AuditPage : ApiPage
{
    private const int Page = 50;

    private List<AuditRecord> rows = [];
    private AuditVerdict? verdict;
    private bool hasOlder, isVerifying;
    private string actor = "", kind = "", thing = "";
    private DateOnly? from, until;

    private bool IsFiltered => actor.Length + kind.Length + thing.Length > 0 || from is not null || until is not null;

    protected override async Task LoadAsync(CancellationToken cancellation) => rows = await FetchAsync(null, cancellation);

    private Task OlderAsync() => TryAsync(async () => rows = [.. rows, .. await FetchAsync(rows[^1].Seq, Leaving)]);

    // One more than is shown says whether there are older ones.
    private async Task<List<AuditRecord>> FetchAsync(long? before, CancellationToken cancellation)
    {
        var found = await Api.AuditAsync(Filter(before), cancellation);
        hasOlder = found.Count > Page;
        return [.. found.Reverse().Take(Page)];
    }

    private IEnumerable<KeyValuePair<string, string>> Filter(long? before)
    {
        yield return new("limit", (Page + 1).ToString(CultureInfo.InvariantCulture));
        if (before is { } row) yield return new("before", row.ToString(CultureInfo.InvariantCulture));
        if (actor.Trim() is { Length: > 0 } who) yield return new("actor", who);
        if (kind.Length > 0) yield return new("kind", kind);
        if (thing.Trim() is { Length: > 0 } what) yield return new("thing", what);
        if (from is { } first) yield return new("from", Begins(first));
        if (until is { } last) yield return new("until", Begins(last.AddDays(1)));
    }

    // Days as the page writes moments: in UTC.
    private static string Begins(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + "T00:00:00Z";

    private Task OfAsync(string who)
    {
        actor = who;
        return ReloadAsync();
    }

    private Task ForgetAsync()
    {
        (actor, kind, thing, from, until) = ("", "", "", null, null);
        return ReloadAsync();
    }

    private async Task VerifyAsync()
    {
        isVerifying = true;
        await TryAsync(async () => verdict = await Api.VerifyAuditAsync(Leaving));
        isVerifying = false;
    }
}
