using Flows.Contract.Definitions;
using Flows.Contract.Flows;
using Flows.Designer.Api;
using Microsoft.AspNetCore.Components;

namespace Flows.Designer.Library;

public sealed partial class LibraryPage
{
    private const int MostTags = 60, AtOnce = 60;
    private IReadOnlyList<LibraryItem> items = [];
    private InstallDialog? installing;
    private LibraryOffer? reading;
    private string search = "";
    private string? chosen;
    private bool sharing;
    private int most = AtOnce;

    /// <summary>A flow that the address asks to share: the editor leads here.</summary>
    [SupplyParameterFromQuery(Name = "share")]
    public string? ToShare { get; set; }

    private IEnumerable<LibraryItem> Shown => items.Where(item => item.Matches(search, chosen));

    protected override async Task LoadAsync(CancellationToken cancellation)
    {
        items = await Api.LibraryAsync(cancellation);
        if (ToShare is not null) sharing = true;
    }

    // Without its drawing the card still says what it is.
    private async Task<FlowDefinition?> DrawnAsync(LibraryItem item)
    {
        try { return await Api.OfferedFlowAsync(item.Id, item.Version, Leaving); }
        catch (Exception unread) when (unread is ApiProblem or OperationCanceledException) { return null; }
    }

    private Task ReadAsync(LibraryItem item) => TryAsync(async () => reading = await Api.OfferAsync(item.Id, Leaving));

    private Task InstallAsync(LibraryItem item, int version)
    {
        reading = null;
        return installing!.BeginAsync(item, version);
    }

    private Task UpdateAsync(LibraryItem item, InstalledFlow there) => installing!.UpdateAsync(item, there);

    private void OpenAsync(FlowSaved saved) => Navigation.NavigateTo("flows/" + Uri.EscapeDataString(saved.DefinitionId));

    private async Task WithdrawAsync()
    {
        if (reading is not { } gone) return;
        reading = null;
        if (await TryAsync(() => Api.WithdrawSharedAsync(gone.Item.Id, Leaving))) Toasts.Info($"“{gone.Item.Name}” is not on offer any more.", "Where it is installed, it stays.");
        await ReloadAsync();
    }

    private async Task SharedAsync(LibraryItem item)
    {
        Toasts.Success($"“{item.Name}” is in the library.", $"Version {item.Version}, for everybody on this server.");
        (sharing, ToShare) = (false, null);
        await ReloadAsync();
    }
}
