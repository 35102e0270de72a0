using System.CommandLine;
using Flows.Contract.Activities;
using Flows.Contract.Checks;

namespace Flows.Hub.Cli;

/// <summary><c>check FILE…</c>: every problem with its node and what to do; exit 2 if there is any.</summary>
internal static class CheckVerb
{
    public static Command Command()
    {
        var files = new Argument<FileInfo[]>("FILE") { Description = "Flow files.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("check", "Say every problem of flow files.") { files };
        command.SetAction(parsed =>
        {
            var catalog = ActivityCatalog.Of(typeof(global::Flows.Library.LibraryAssembly).Assembly);
            var flows = parsed.GetValue(files)!.Select(file => (file, FlowOnDisk.Read(file.FullName).Flow)).ToList();
            var found = flows.Sum(pair => Say(pair.file, FlowChecks.Of(pair.Flow, catalog, [.. flows.Select(other => other.Flow)])));
            return found == 0 ? CommandLine.Exit.Finished : CommandLine.Exit.NotRunnable;
        });
        return command;
    }

    private static int Say(FileInfo file, IReadOnlyList<FlowProblem> problems)
    {
        Console.WriteLine($"{file.Name}: {(problems.Count == 0 ? "no problems" : $"{problems.Count} problem(s)")}");
        foreach (var problem in problems) Console.WriteLine(Shown.Problem(problem));
        return problems.Count;
    }
}
