using Flows.Contract.Flows;
using Flows.Contract.Runs;
using Flows.Designer.Api;
using Flows.Designer.Runs.Comparing;
using Microsoft.AspNetCore.Components;

namespace Flows.Designer.Runs;

public sealed partial class RunListPage
{
    private const int PageSize = 100;
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(3);
    private static readonly string[] States = ["Executing", "Suspended", "Finished", "Faulted", "Cancelled"];

    private IReadOnlyList<FlowSummary> flows = [];
    private List<RunSummary> runs = [];
    private bool canLoadMore;
    private readonly RunChoice choice = new();
    private string? taken;

    [SupplyParameterFromQuery(Name = "flow")] public string? Flow { get; set; }

    [SupplyParameterFromQuery(Name = "status")] public string? Status { get; set; }

    /// <summary>Id of a run that is to be compared with another one of the list.</summary>
    [SupplyParameterFromQuery(Name = "compare")] public string? Compared { get; set; }

    private bool IsFiltered => !string.IsNullOrEmpty(Flow) || !string.IsNullOrEmpty(Status);

    protected override void OnInitialized()
    {
        base.OnInitialized();
        _ = KeepFreshAsync();
    }

    protected override Task OnParametersSetAsync()
    {
        if (Compared is { Length: > 0 } asked && asked != taken && !choice.Has(asked)) choice.Toggle(asked);
        taken = Compared;
        return base.OnParametersSetAsync();
    }

    protected override async Task LoadAsync(CancellationToken cancellation)
    {
        if (flows.Count == 0) flows = await Api.FlowsAsync(cancellation);
        var newest = await FetchAsync(null, cancellation);
        canLoadMore = newest.Count == PageSize;
        runs = [.. newest];
    }

    private Task<IReadOnlyList<RunSummary>> FetchAsync(string? after, CancellationToken cancellation) => Api.RunsAsync(
        string.IsNullOrEmpty(Flow) ? null : Flow, string.IsNullOrEmpty(Status) ? null : Status, after, PageSize, cancellation);

    private Task MoreAsync() => TryAsync(async () =>
    {
        var older = await FetchAsync(runs[^1].Id, Leaving);
        runs.AddRange(older);
        canLoadMore = older.Count == PageSize;
    });

    private void FilterAsync() => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(
        new Dictionary<string, object?> { ["flow"] = Empty(Flow), ["status"] = Empty(Status) }), replace: true);

    private async Task KeepFreshAsync()
    {
        using var timer = new PeriodicTimer(Refresh, Time);
        try
        {
            while (await timer.WaitForNextTickAsync(Leaving))
                if (IsLoaded && runs.Count <= PageSize && !Connection.IsLost) await ReloadAsync();
        }
        catch (OperationCanceledException) { return; }
    }

    private static string? Empty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
