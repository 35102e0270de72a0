using System.CommandLine;
using Flows.Contract.Flows;

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
            foreach (var flow in await ImportAsync(client, parsed.GetValue(files)!, !parsed.GetValue(draft))) Say(flow);
            return CommandLine.Exit.Finished;
        });
        return command;
    }

    // A flow may use one that comes in after it: those that miss one come in again, as long as that helps.
    private static async Task<IEnumerable<FlowSaved>> ImportAsync(HubClient client, IReadOnlyList<FileInfo> files, bool publish)
    {
        var saved = new Dictionary<FileInfo, IReadOnlyList<FlowSaved>>();
        for (IReadOnlyList<FileInfo> open = files, before = []; open.Count > 0 && open.Count != before.Count;)
        {
            foreach (var file in open) saved[file] = await ImportAsync(client, file, publish);
            (before, open) = (open, publish ? [.. open.Where(file => saved[file].Any(MissesFlow))] : []);
        }
        return files.SelectMany(file => saved[file]);
    }

    private static async Task<IReadOnlyList<FlowSaved>> ImportAsync(HubClient client, FileInfo file, bool publish)
    {
        if (!file.Exists) throw new CommandFault($"There is no file {file}.");
        try { return await client.ImportAsync(file, publish); }
        catch (CommandFault refused) { throw new CommandFault($"{file}: {refused.Message}"); }
    }

    private static bool MissesFlow(FlowSaved saved) => saved.Problems.Any(problem => problem.Code == "missing-flow");

    private static void Say(FlowSaved saved)
    {
        Console.WriteLine($"{saved.DefinitionId} version {saved.Version}");
        foreach (var problem in saved.Problems) Console.WriteLine(Shown.Problem(problem));
    }
}
