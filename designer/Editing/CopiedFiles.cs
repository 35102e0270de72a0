using System.Net;
using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Designer.Api;

namespace Flows.Designer.Editing;

/// <summary>Files of another flow that pasted nodes name come along with them.</summary>
public static class CopiedFiles
{
    /// <param name="fragment">What was pasted; it says which flow it is of.</param>
    /// <returns>Paths that were copied. What the flow has under the same name stays as it is, and so does what a flow of another server had.</returns>
    public static async Task<IReadOnlyList<string>> TakeAsync(FlowsApi api, JsonObject fragment, string into, CancellationToken cancellation = default)
    {
        if (fragment.Text(FlowFragment.Origin) is not { Length: > 0 } from || from == into) return [];
        var named = Texts(fragment["activities"]).ToHashSet();
        IReadOnlyList<FlowFileEntry> offered;
        try { offered = await api.FilesAsync(from, cancellation); }
        catch (ApiProblem gone) when (gone.Status is HttpStatusCode.NotFound or HttpStatusCode.Forbidden) { return []; }
        var wanted = offered.Select(file => file.Path).Where(named.Contains).ToList();
        if (wanted.Count > 0) wanted = [.. wanted.Except((await api.FilesAsync(into, cancellation)).Select(file => file.Path))];
        foreach (var path in wanted) await api.PutFileAsync(into, path, await api.FileAsync(from, path, cancellation), cancellation);
        return wanted;
    }

    private static IEnumerable<string> Texts(JsonNode? node) => node switch
    {
        JsonObject some => some.SelectMany(pair => Texts(pair.Value)),
        JsonArray some => some.SelectMany(Texts),
        JsonValue value when value.TryGetValue<string>(out var text) => [text],
        _ => [],
    };
}
