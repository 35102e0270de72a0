using System.Text.Json.Nodes;
using Flows.Contract.Checks;
using Flows.Contract.Definitions;
using Flows.Contract.Diff;
using Flows.Hub.Flows;

namespace Flows.Hub.Library;

/// <summary>A newer version of the library merged into what a project made of an earlier one.</summary>
public sealed class LibraryUpdate(FlowStore store, FlowFiles files)
{
    /// <param name="Files">Files of the library that take the place of the project's.</param>
    /// <param name="Conflicts">Empty when everything could be merged.</param>
    internal sealed record Merged(IReadOnlyList<FlowDefinition> Flows, IReadOnlyList<LibraryFile> Files, IReadOnlyList<FlowProblem> Conflicts);

    internal async Task<Merged> MergeAsync((PreparedFlows Flows, IReadOnlyList<LibraryFile> Files) before, (PreparedFlows Flows, IReadOnlyList<LibraryFile> Files) theirs, CancellationToken cancellation)
    {
        var (flows, conflicts) = (new List<FlowDefinition>(), new List<FlowProblem>());
        foreach (var flow in theirs.Flows.Flows)
        {
            var common = before.Flows.Flows.FirstOrDefault(one => one.DefinitionId == flow.DefinitionId);
            var mine = await store.FindAsync(flow.DefinitionId, null, cancellation);
            if (common is null || mine is null)
            {
                flows.Add(flow);
                continue;
            }
            var merged = FlowMerge.Of(common, LibraryMark.Bare(FlowFile.ReadOne(mine.Json)), flow);
            flows.Add(merged.Flow);
            conflicts.AddRange(merged.Conflicts.Select(Said));
        }
        var (taken, clashing) = await FilesAsync(theirs.Flows, before.Files, theirs.Files, cancellation);
        return new Merged(flows, taken, [.. conflicts, .. clashing]);
    }

    // A file that only the library changed is taken, one that only the project changed stays.
    private async Task<(IReadOnlyList<LibraryFile>, IReadOnlyList<FlowProblem>)> FilesAsync(PreparedFlows theirs, IReadOnlyList<LibraryFile> filesBefore, IReadOnlyList<LibraryFile> filesNow, CancellationToken cancellation)
    {
        var (taken, clashing) = (new List<LibraryFile>(), new List<FlowProblem>());
        foreach (var group in filesNow.GroupBy(file => file.DefinitionId))
        {
            var mine = (await files.ListAsync(theirs.Ids[group.Key], cancellation)).ToDictionary(file => file.Path, file => file.Sha256);
            foreach (var file in group)
            {
                var (here, old) = (mine.GetValueOrDefault(file.Path), filesBefore.FirstOrDefault(one => one.DefinitionId == file.DefinitionId && one.Path == file.Path)?.Sha256);
                if (here is null || here == old) taken.Add(file);
                else if (here != file.Sha256 && file.Sha256 != old) clashing.Add(new FlowProblem(ProblemLevel.Error, "merge-conflict", null, file.Path, $"The file '{file.Path}' was changed here and in the library.", "Keep yours by installing beside it, or take the library's by replacing it."));
            }
        }
        return (taken, clashing);
    }

    private static FlowProblem Said(MergeConflict conflict) => new(ProblemLevel.Error, "merge-conflict", conflict.Node, conflict.Path,
        conflict.Path.Length > 0 ? $"{Where(conflict)}: {conflict.Path} is {Text(conflict.Mine)} here and {Text(conflict.Theirs)} in the library."
        : $"{Where(conflict)} was removed {(conflict.Mine is null ? "here and is used in" : "in the library and is used in")} the other.", "Replace the flow by the library's, or install beside it.");

    private static string Where(MergeConflict conflict) => conflict.Node ?? "The flow";

    // An input by its value, as a person wrote it.
    private static string Text(JsonNode? value) => (value is JsonObject json && json["expression"] is not null ? FlowInput.Read(json)?.Value : value).AsText() is { } text ? text.Length > 60 ? $"“{text[..60]}…”" : $"“{text}”" : "absent";
}
