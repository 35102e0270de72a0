using System.CommandLine;

namespace Flows.Hub.Cli;

/// <summary><c>export ID</c>: a flow as Elsa's JSON, or with its files as a bundle.</summary>
internal static class ExportVerb
{
    public static Command Command()
    {
        var shared = new SharedOptions();
        var id = new Argument<string>("ID") { Description = "Definition id." };
        var version = new Option<int?>("--version-number") { Description = "The newest without it." };
        var output = new Option<FileInfo?>("-o", "--output") { Description = "File to write; .zip makes a bundle. Standard output without it." };
        var command = new Command("export", "Export a flow.") { id, version, output };
        shared.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            await using var client = await shared.ConnectAsync(parsed);
            var file = parsed.GetValue(output);
            var content = await client.ExportAsync(parsed.GetValue(id)!, parsed.GetValue(version), file?.Extension == ".zip");
            if (file is not null) await File.WriteAllBytesAsync(file.FullName, content);
            else await Console.OpenStandardOutput().WriteAsync(content);
            return CommandLine.Exit.Finished;
        });
        return command;
    }
}
