using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flows.Contract.Artifacts;
using Flows.Contract.Models;
using Flows.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Flows.Tests.Serving;

/// <summary>Every command of docs/guides/serving.md, carried out against a deployment that takes the same rows as the demo's.</summary>
public sealed partial class ServingGuideTests
{
    [Fact]
    public async Task The_guides_commands_do_what_it_says()
    {
        using var folder = new TestFolder();
        await using var hub = await TestHub.StartAsync();
        await DeployDigitsAsync(hub, folder);

        var (code, output) = await RunAsync(Commands(), folder, hub.Url);

        Assert.True(code == 0, output);
        Assert.Equal(2, Regex.Count(output, """\{"predictions":\[\d"""));
        Assert.Contains("\"outputs\":[{\"name\":\"predict\"", output);
        Assert.Contains("\"aliases\":[\"champion\"]", output);
        Assert.Contains("\"status\":\"Stopped\"", output);
    }

    private static async Task DeployDigitsAsync(TestHub hub, TestFolder folder)
    {
        await File.WriteAllBytesAsync(folder.File("digits.onnx"), OnnxBytes.Line(Enumerable.Repeat(1f, 64).ToArray(), 0));
        var facts = TinyModels.Facts("onnx", "regression", [.. Enumerable.Range(0, 64).Select(i => $"p{i}:number")], []);
        facts["example"] = new JsonObject(Enumerable.Range(0, 64).Select(i => KeyValuePair.Create($"p{i}", (JsonNode?)1)));
        var stored = await hub.Services.GetRequiredService<IArtifacts>().PutFileAsync(folder.File("digits.onnx"), "Model");
        await hub.Services.GetRequiredService<IModels>().RegisterAsync(new ModelRegistration("digits", stored with { Facts = facts }));
        await hub.Services.GetRequiredService<IDeployments>().DeployAsync(new DeploymentRequest("digits", "digits", null));
    }

    private static async Task<(int Code, string Output)> RunAsync(string commands, TestFolder folder, string server)
    {
        var start = new ProcessStartInfo("bash") { WorkingDirectory = folder.Path, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["-euc", commands]) start.ArgumentList.Add(argument);
        start.Environment["FLOWS_SERVER"] = server;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await errors);
    }

    private static string Commands([CallerFilePath] string here = "")
    {
        var guide = File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "docs", "guides", "serving.md"));
        return string.Join("\necho\n", ShBlock().Matches(guide).Select(block => block.Groups[1].Value));
    }

    [GeneratedRegex(@"^```sh\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex ShBlock();
}
