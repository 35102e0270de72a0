using Flows.Contract.Flows;
using Flows.Hub.Flows;
using Flows.Hub.Web;

namespace Flows.Hub.Library;

/// <summary>What came of installing.</summary>
public abstract record InstallOutcome
{
    private InstallOutcome() { }

    /// <param name="Flows">The flow itself first.</param>
    public sealed record Done(IReadOnlyList<FlowSaved> Flows) : InstallOutcome;

    /// <summary>Nothing was written: a person decides.</summary>
    public sealed record Refused(string Why, InstallClash Clash) : InstallOutcome;
}

/// <summary>Installs a version of a flow on offer into the project at hand, and publishes it there.</summary>
public sealed class Installation(FlowLibrary library, InstallPlace place, LibraryUpdate update, InstallWriter writer)
{
    /// <exception cref="RequestFault">404: no such flow or version on offer, or no such flow in the project.</exception>
    public async Task<InstallOutcome> InstallAsync(string id, InstallRequest asked, CancellationToken cancellation)
    {
        var content = await library.ContentAsync(id, asked.Version, cancellation);
        var there = await place.ThereAsync(id, content, asked, cancellation);
        if (there is null || asked.Choice == InstallChoice.Copy) return await BesideAsync(id, content, asked, cancellation);
        if (asked.Choice == InstallChoice.Replace) return await ReplaceAsync(id, content, there, cancellation);
        return asked.Choice == InstallChoice.Update && there.LibraryId == id
            ? await UpdateAsync(id, content, there, cancellation)
            : new InstallOutcome.Refused(Why(id, there), new InstallClash(Of(id, there), []));
    }

    private async Task<InstallOutcome> BesideAsync(string id, LibraryContent content, InstallRequest asked, CancellationToken cancellation)
    {
        var prepared = await place.PrepareAsync(id, content, null, cancellation);
        prepared.Flows[0].Json["name"] = await place.FreeNameAsync(content, asked, cancellation);
        return await writer.WriteAsync(prepared, content.Files, cancellation);
    }

    // Its name is the project's: others may use it by that.
    private async Task<InstallOutcome> ReplaceAsync(string id, LibraryContent content, FlowRow there, CancellationToken cancellation)
    {
        var prepared = await place.PrepareAsync(id, content, there, cancellation);
        prepared.Flows[0].Json["name"] = there.Name;
        return await writer.WriteAsync(prepared, content.Files, cancellation);
    }

    private async Task<InstallOutcome> UpdateAsync(string id, LibraryContent content, FlowRow there, CancellationToken cancellation)
    {
        if (await library.ContentIfThereAsync(id, there.LibraryVersion, cancellation) is not { } before)
            return new InstallOutcome.Refused($"Version {there.LibraryVersion} is not in the library any more, so nobody can tell what you changed since. Replace the flow, or install beside it.", new InstallClash(Of(id, there), []));
        var (earlier, theirs) = (await place.PrepareAsync(id, before, there, cancellation), await place.PrepareAsync(id, content, there, cancellation));
        var merged = await update.MergeAsync((earlier, before.Files), (theirs, content.Files), cancellation);
        return merged.Conflicts.Count > 0
            ? new InstallOutcome.Refused($"You and the library changed the same in {merged.Conflicts.Count} {(merged.Conflicts.Count == 1 ? "place" : "places")}.", new InstallClash(Of(id, there), merged.Conflicts))
            : await writer.WriteAsync(theirs with { Flows = merged.Flows }, merged.Files, cancellation);
    }

    // Version 0: it is the project's own, or of another flow on offer.
    private static InstalledFlow Of(string id, FlowRow row) => new(row.DefinitionId, row.Name, row.ProjectId, row.LibraryId == id ? row.LibraryVersion ?? 0 : 0);

    private static string Why(string id, FlowRow there) => there.LibraryId == id
        ? $"It is installed in this project already: “{there.Name}”, from version {there.LibraryVersion} of the library."
        : $"This project has a flow “{there.Name}” of its own.";
}

/// <summary>Writes installed flows and their files.</summary>
public sealed class InstallWriter(FlowImport import, FlowStore store, FlowFiles files)
{
    internal async Task<InstallOutcome> WriteAsync(PreparedFlows prepared, IReadOnlyList<LibraryFile> offered, CancellationToken cancellation)
    {
        await store.DemandFreeAsync([.. prepared.Ids.Values], cancellation);
        foreach (var file in offered)
        {
            await using var content = File.OpenRead(await file.LocateAsync(cancellation));
            await files.WriteAsync(prepared.Ids[file.DefinitionId], FlowPath.Of(file.Path), content, cancellation);
        }
        // Those that are used first: a flow is published when they are there.
        var saved = await import.SaveAsync([.. prepared.Flows.Reverse()], publish: true, cancellation);
        return new InstallOutcome.Done([.. saved.Reverse()]);
    }
}
