using System.Net;
using System.Text.Json;
using Flows.Contract;
using Flows.Contract.Access;
using Flows.Contract.Flows;
using Flows.Designer.Api;
using Flows.Designer.Controls;
using Flows.Designer.Shell;
using Microsoft.AspNetCore.Components;

namespace Flows.Designer.Library;

/// <summary>Installs a flow on offer. It asks where there is something to choose: a project, or what becomes of a flow that is in the way.</summary>
public sealed partial class InstallDialog
{
    private IReadOnlyList<LibraryVersion> versions = [];
    private LibraryItem? item;
    private ApiProblem? refusal;
    private InstallClash? clash;
    private InstallChoice choice;
    private string? project, definitionId;
    private string name = "";
    private int version;
    private bool isOpen, isBusy, couldNotUpdate;

    [Inject] private FlowsApi Api { get; set; } = null!;

    [Inject] private Toasts Toasts { get; set; } = null!;

    [Inject] private Visit Visit { get; set; } = null!;

    [Parameter] public EventCallback<FlowSaved> Installed { get; set; }

    public bool IsBusyWith(LibraryItem other) => isBusy && item?.Id == other.Id;

    private IReadOnlyList<ProjectSummary> Projects => Visit.HasChoice ? [.. Visit.Me!.Projects.Where(one => one.Role >= Role.Operator)] : [];

    public async Task BeginAsync(LibraryItem offered, int wanted)
    {
        Take(offered, wanted, InstallChoice.Ask, null);
        if (Projects.Count <= 1) await InstallAsync();
        else await OpenAsync();
    }

    /// <summary>The library's newest version with what the project changed; where both changed the same, a person decides.</summary>
    public Task UpdateAsync(LibraryItem offered, InstalledFlow there)
    {
        Take(offered, offered.Version, InstallChoice.Update, there.DefinitionId);
        return InstallAsync();
    }

    private void Take(LibraryItem offered, int wanted, InstallChoice chosen, string? there) =>
        (item, version, choice, definitionId, project, refusal, clash, name, versions, isOpen, couldNotUpdate) = (offered, wanted, chosen, there, Projects.Count > 1 ? Visit.Here?.Id : null, null, null, "", [], false, false);

    private async Task OpenAsync()
    {
        isOpen = true;
        if (versions.Count == 0 && item!.Version > 1)
        {
            try { versions = (await Api.OfferAsync(item.Id)).Versions; }
            // The version that was asked for is installed all the same.
            catch (ApiProblem) { versions = []; }
        }
        StateHasChanged();
    }

    private async Task InstallAsync()
    {
        isBusy = true;
        StateHasChanged();
        try
        {
            var saved = await Api.InstallAsync(item!.Id, project, Request());
            isOpen = false;
            Toasts.Success($"“{item.Name}” is installed.", item.IsComponent ? "It stands in the palette as an activity." : "It is yours now: run it or change it.");
            if (project is not null && project != Visit.Here?.Id) await Visit.ChooseAsync(project);
            await Installed.InvokeAsync(saved[0]);
        }
        catch (ApiProblem problem) { await RefuseAsync(problem); }
        finally { isBusy = false; }
    }

    private InstallRequest Request() => new()
    {
        Version = version,
        Choice = choice,
        DefinitionId = choice is InstallChoice.Replace or InstallChoice.Update ? definitionId : null,
        Name = choice == InstallChoice.Copy && name.Trim().Length > 0 ? name.Trim() : null,
    };

    private async Task RefuseAsync(ApiProblem problem)
    {
        if (problem.Status != HttpStatusCode.Conflict)
        {
            Toasts.Problem(problem.Title, problem.Detail);
            return;
        }
        couldNotUpdate |= choice == InstallChoice.Update;
        (refusal, clash) = (problem, problem.Body["clash"] is null ? null : problem.Body.Deserialize<InstallClash>(ContractJson.Options));
        definitionId = clash?.Clash?.DefinitionId;
        choice = Choices[0].Key;
        await OpenAsync();
    }

    private void ChooseProject(ChangeEventArgs chosen) => (project, refusal, clash, choice, definitionId, couldNotUpdate) = (chosen.Value?.ToString(), null, null, InstallChoice.Ask, null, false);

    /// <summary>What can be done about the flow that is in the way. What could not be merged is not offered to be.</summary>
    private IReadOnlyList<(InstallChoice Key, string Title, string Text)> Choices =>
    [
        .. clash is { Clash.Version: > 0 } && !couldNotUpdate
            ? new[] { (InstallChoice.Update, $"Update “{clash.Clash!.Name}”", "What the library changed is merged with what you changed; where both changed the same you are asked again.") } : [],
        (InstallChoice.Copy, "Install beside it", "A second flow; the one that is there stays as it is."),
        .. clash?.Clash is { } there
            ? new[] { (InstallChoice.Replace, $"Replace “{there.Name}”", "The library's version becomes its next one. Its published versions stay in its history; a draft that was not published is lost.") } : [],
    ];

    private static string Short(string notes) => notes.Length > 60 ? notes[..60] + "…" : notes;
}
