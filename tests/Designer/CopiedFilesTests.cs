using System.Text.Json.Nodes;
using Flows.Designer.Api;
using Flows.Designer.Canvas;
using Flows.Designer.Editing;
using Flows.Tests.Support;

namespace Flows.Tests.Designer;

/// <summary>Nodes that are pasted into another flow of a real server bring their files.</summary>
public sealed class CopiedFilesTests(SharedHub shared) : IClassFixture<SharedHub>
{
    [Fact]
    public async Task Files_that_pasted_nodes_name_come_along_and_none_is_overwritten()
    {
        var api = new FlowsApi(shared.Hub.Http);
        foreach (var flow in new[] { "one", "other" }) await shared.Hub.ImportAsync(Some.Chain(flow, Some.Activity("a", "Flows.FileSource", ("path", Some.Text("data/points.csv"))), Some.Activity("b", "Flows.FileSource", ("path", Some.Text("both.csv")))));
        foreach (var file in new[] { "data/points.csv", "both.csv", "unnamed.csv" }) await api.PutFileAsync("one", file, $"{file} of one");
        await api.PutFileAsync("other", "both.csv", "both.csv of other");
        var (from, into) = (await OpenAsync(api, "one"), await OpenAsync(api, "other"));
        JsonObject? pasted = null;
        into.Pasted += fragment => pasted = fragment;

        from.Select(["a", "b"]);
        into.Paste(from.Copy());

        Assert.Equal(["data/points.csv"], await CopiedFiles.TakeAsync(api, pasted!, "other"));
        Assert.Equal("data/points.csv of one", await api.FileTextAsync("other", "data/points.csv"));
        Assert.Equal("both.csv of other", await api.FileTextAsync("other", "both.csv"));
        into.Paste(from.Copy().Replace("\"one\"", "\"of another server\"", StringComparison.Ordinal));
        Assert.Empty(await CopiedFiles.TakeAsync(api, pasted!, "other"));
    }

    private static async Task<EditorSession> OpenAsync(FlowsApi api, string flow) => new((await api.FlowAsync(flow)).Definition, Draft.Activities);
}
