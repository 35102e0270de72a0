using System.Diagnostics;
using System.Text.Json.Nodes;
using Flows.Tests.Engine;

namespace Flows.Tests.Conformance;

/// <summary>The harness takes its cases from whatever folder <c>FLOWS_CONFORMANCE</c> names.</summary>
public sealed class OtherFolder : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flows-conformance-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Cases_of_another_folder_are_run_and_what_is_not_as_expected_there_fails()
    {
        var flow = new FlowBuilder("own").Chain(FlowBuilder.Line("a"), FlowBuilder.Line("b")).Build();
        await WriteAsync("random/right.json", flow.Json);
        await WriteAsync("random/wrong.json", flow.Json);
        await WriteAsync("random-golden.json", new JsonObject { ["right"] = Golden("a", "b"), ["wrong"] = Golden("b", "a") });
        await WriteAsync("workflows/one.json", flow.Json);
        await WriteAsync("golden.json", new JsonObject { ["one"] = Golden("a", "b") });
        await WriteAsync("index.json", JsonNode.Parse("""{"cases":[{"id":"one","files":["one.json"],"run":0,"mode":"counter","expected":{"lines":["a","b"]}}]}""")!);

        var said = await RunAsync();

        Assert.Contains("Total: 4, Errors: 0, Failed: 1", said);
        Assert.Contains("Random_flowcharts_run_as_in_Elsa(id: \"wrong\"", said);
    }

    private async Task WriteAsync(string file, JsonNode json)
    {
        var path = Path.Combine(_folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, json.ToJsonString());
    }

    private static JsonObject Golden(params string[] lines) => new()
    {
        ["counter"] = new JsonObject
        {
            ["status"] = "Finished",
            ["subStatus"] = "Finished",
            ["lines"] = new JsonArray([.. lines.Select(line => JsonValue.Create(line))]),
            ["journal"] = new JsonArray("Workflow1:Started", "chart:Started", "a:Started", "a:Completed", "b:Started", "b:Completed", "chart:Completed", "Workflow1:Completed"),
        },
    };

    // The very tests, in a process of their own: the folder is chosen once.
    private async Task<string> RunAsync()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["-class", typeof(ElsaConformance).FullName!, "-noColor"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Insert(0, typeof(OtherFolder).Assembly.Location);
        start.Environment[ElsaCases.Variable] = _folder;
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        return await said;
    }
}
