using System.CommandLine;

namespace Flows.Hub.Cli;

/// <summary><c>import FILE…</c>: flows or bundles into the store.</summary>
internal static class ImportVerb
{
    public static Command Command()
    {
        var shared = new SharedOptions();
        var files = new Argument<FileInfo[]>("FILE") { Description = "Flow files or bundles (.zip).", Arity = ArgumentArity.OneOrMore };
        var draft = new Option<bool>("--draft") { Description = "Do not publish." };
        var command = new Command("import", "Import flows or bundles.") { files, draft };
        shared.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            await using var client = await shared.ConnectAsync(parsed);
            foreach (var file in parsed.GetValue(files)!) await ImportAsync(client, file, !parsed.GetValue(draft));
            return CommandLine.Exit.Finished;
        });
        return command;
    }

    private static async Task ImportAsync(HubClient client, FileInfo file, bool publish)
    {
        if (!file.Exists) throw new CommandFault($"There is no file {file}.");
        foreach (var saved in await client.ImportAsync(await File.ReadAllBytesAsync(file.FullName), publish))
        {
            Console.WriteLine($"{saved.DefinitionId} version {saved.Version}");
            foreach (var problem in saved.Problems) Console.WriteLine(Shown.Problem(problem));
        }
    }
}
