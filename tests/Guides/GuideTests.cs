using System.Diagnostics;
using System.Text.RegularExpressions;
using Flows.Hub;

namespace Flows.Tests.Guides;

/// <summary>Runs the guides: files marked <c>file: NAME</c> are written, shell blocks marked <c>run</c> are executed in order.</summary>
public sealed partial class GuideTests
{
    [Theory]
    [InlineData("first-flow.md", "run.json", "Hello, world!")]
    [InlineData("access.md", "team-run.json", "Hello, team!")]
    [InlineData("engine.md", "late-run.json", "in the end")]
    [InlineData("triggers.md", "run.json", "8 bytes")]
    [InlineData("debugging.md", "from.json", "the end")]
    [InlineData("secrets.md", "said.txt", "calling with •••")]
    [InlineData("python-sdk.md", "runs.json", "\"trigger\":\"sync ")]
    [InlineData("reproduce.md", "verdict.txt", "Bit-identical: every output of every step has the same bytes.")]
    [InlineData("provenance.md", "prov.json", "wasGeneratedBy")]
    [InlineData("library.md", "clash.json", "is installed in this project already")]
    [InlineData("audit.md", "audit.jsonl", "flow.import")]
    public async Task The_commands_of_the_guide_work(string guide, string file, string says)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "guides", guide));
        var folder = Directory.CreateTempSubdirectory("flows-guide-").FullName;
        foreach (Match block in FileBlock().Matches(text)) await File.WriteAllTextAsync(Path.Combine(folder, block.Groups["name"].Value), block.Groups["text"].Value);
        await File.WriteAllTextAsync(Path.Combine(folder, "flows"), $"#!/bin/sh\nexec dotnet '{typeof(HubHost).Assembly.Location}' \"$@\"\n");

        var commands = string.Join('\n', ShellBlock().Matches(text).Select(block => block.Groups["text"].Value));
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-ec", "chmod +x flows\n" + commands])
        {
            WorkingDirectory = folder, RedirectStandardError = true, RedirectStandardOutput = true,
            Environment = { ["PYTHONPATH"] = Path.Combine(AppContext.BaseDirectory, "python") },
        })!;
        var (output, error) = (shell.StandardOutput.ReadToEndAsync(), shell.StandardError.ReadToEndAsync());
        await shell.WaitForExitAsync();

        Assert.True(shell.ExitCode == 0, $"{await output}\n{await error}");
        Assert.Contains(says, await File.ReadAllTextAsync(Path.Combine(folder, file)));
        Directory.Delete(folder, recursive: true);
    }

    [GeneratedRegex(@"<!-- file: (?<name>[\w.-]+) -->\n```\w*\n(?<text>.*?)```", RegexOptions.Singleline)]
    private static partial Regex FileBlock();

    [GeneratedRegex(@"<!-- run -->\n```sh\n(?<text>.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShellBlock();
}
