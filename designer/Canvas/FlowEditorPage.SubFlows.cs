using Flows.Contract.Definitions;

namespace Flows.Designer.Canvas;

/// <summary>A selection becomes a flow of its own, and a used flow's nodes come back: one edit each.</summary>
public partial class FlowEditorPage
{
    private async Task ExtractAsync()
    {
        var name = FreshName();
        // Asked before anything is made on the server.
        if (session!.Extract(EmptyFlow.Named("asked", name)) is null)
        {
            Toasts.Info("Not made into a flow", session.Said);
            return;
        }
        await TryAsync(async () =>
        {
            var created = await Api.CreateFlowAsync(name, Leaving);
            if (session.Extract(EmptyFlow.Named(created.DefinitionId, name)) is not { } made) return;
            await Api.SaveFlowAsync(made.Made, null, Leaving);
            // A flow that is used runs as it was published.
            await Api.PublishFlowAsync(created.DefinitionId, Leaving);
            session.Learn(await Api.ActivitiesAsync(Leaving));
            if (session.Apply(made.Edit) is not null) return;
            session.Select([made.CallId]);
            Toasts.Success($"Made {name}", "Rename it on its page; this flow's undo brings the nodes back here.");
        });
    }

    private async Task InlineAsync()
    {
        if (session!.UsedBySelected is not { WorkflowDefinitionId: { } used } call) return;
        await TryAsync(async () =>
        {
            var published = (await Api.VersionsAsync(used, Leaving)).Where(version => version.IsPublished).ToList();
            var version = published.Find(one => one.Version == call.Version && call.Json["latestAvailablePublishedVersion"] is not null) ?? published.MaxBy(one => one.Version);
            session.Inline(call.Id, (await Api.FlowAsync(used, version?.Version, Leaving)).Definition);
        });
    }

    private string FreshName()
    {
        var taken = session!.Catalog.Descriptors.Select(activity => activity.DisplayName).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var (stem, number) = ($"{session.Draft.Flow.Name} part", 1);
        var name = stem;
        while (taken.Contains(name)) name = $"{stem} {++number}";
        return name;
    }
}
