using Flows.Contract.Definitions;
using Flows.Contract.Flows;
using Flows.Contract.Runs;
using Flows.Designer.Api;
using Flows.Designer.Canvas.FirstFlow;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.JSInterop;

namespace Flows.Designer.Home;

public sealed partial class FlowListPage
{
    private IReadOnlyList<FlowSummary> flows = [];
    private Dictionary<string, RunSummary> lastRuns = [];
    private FlowSummary? doomed;
    private string search = "";
    private string name = "";
    private bool isNaming, isDropping, isInstalling, isNewcomer;

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    [Inject] private IJSRuntime Js { get; set; } = null!;

    private IEnumerable<FlowSummary> Shown => search.Trim() is { Length: > 0 } wanted
        ? flows.Where(flow => flow.Name.Contains(wanted, StringComparison.OrdinalIgnoreCase) || flow.Description.Contains(wanted, StringComparison.OrdinalIgnoreCase))
        : flows;

    protected override async Task LoadAsync(CancellationToken cancellation)
    {
        flows = await Api.FlowsAsync(cancellation);
        if (flows.Count == 0) isNewcomer = await new GuideMemory(Js).RecallAsync() is not { Mode: GuideMode.Over };
        var runs = flows.Count == 0 ? [] : await Api.RunsAsync(limit: 200, cancellation: cancellation);
        lastRuns = runs.DistinctBy(run => run.DefinitionId).ToDictionary(run => run.DefinitionId);
    }

    // Somebody who draws into an empty workspace is led through it, unless they were or did not want to be.
    private async Task GuideAsync(string definitionId)
    {
        if (flows.Count == 0 && isNewcomer) await new GuideMemory(Js).KeepAsync(new GuideState(definitionId, 0, GuideMode.Open));
    }

    private Task CreateGuidedAsync()
    {
        name = "My first flow";
        return CreateAsync();
    }

    private Task CreateAsync() => TryAsync(async () =>
    {
        var created = await Api.CreateFlowAsync(name.Trim(), Leaving);
        isNaming = false;
        await GuideAsync(created.DefinitionId);
        Open(created.DefinitionId);
    });

    private Task RunAsync(FlowSummary flow) => TryAsync(async () =>
        Navigation.NavigateTo("runs/" + await Api.StartRunAsync(flow.DefinitionId, draft: flow.PublishedVersion is null || flow.HasDraft, cancellation: Leaving)));

    private Task DeleteAsync() => TryAsync(async () =>
    {
        if (doomed is not { } flow) return;
        doomed = null;
        await Api.DeleteFlowAsync(flow.DefinitionId, Leaving);
        Toasts.Info($"“{flow.Name}” is deleted.");
        await ReloadAsync();
    });

    private async Task InstallDigitsAsync()
    {
        isInstalling = true;
        await TryAsync(async () =>
        {
            var offers = await Api.LibraryAsync(Leaving);
            var digits = offers.FirstOrDefault(item => item.Id.Contains("digits", StringComparison.OrdinalIgnoreCase) && item.Needs.Count == 0)
                ?? offers.FirstOrDefault() ?? throw new ApiProblem(System.Net.HttpStatusCode.NotFound, "The library is empty.");
            Open((await Api.InstallAsync(digits.Id, Leaving))[0].DefinitionId);
        });
        isInstalling = false;
    }

    private async Task ImportAsync(InputFileChangeEventArgs chosen)
    {
        isDropping = false;
        var imported = new List<FlowSaved>();
        foreach (var file in chosen.GetMultipleFiles(50))
            await TryAsync(async () => imported.AddRange(await ImportOneAsync(file)));

        if (imported.Count == 0) return;
        var problems = imported.Sum(flow => flow.Problems.Count);
        Toasts.Success(imported.Count == 1 ? "The flow is imported." : $"{imported.Count} flows are imported.", problems > 0 ? $"They have {problems} problems; open them to see what to do." : null);
        await ReloadAsync();
    }

    private async Task<IReadOnlyList<FlowSaved>> ImportOneAsync(IBrowserFile file)
    {
        if (file.Size > FlowFile.MaxBytes)
            throw new ApiProblem(System.Net.HttpStatusCode.RequestEntityTooLarge, $"{file.Name} is too large.", "A flow file has at most 64 MB.");
        await using var stream = file.OpenReadStream(FlowFile.MaxBytes, Leaving);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, Leaving);
        return await Api.ImportAsync(bytes.ToArray(), file.Name, Leaving);
    }

    private void Open(string definitionId) => Navigation.NavigateTo("flows/" + Uri.EscapeDataString(definitionId));
}
