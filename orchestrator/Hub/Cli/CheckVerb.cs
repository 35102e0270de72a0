using System.CommandLine;
using Flows.Contract.Activities;
using Flows.Contract.Checks;
using Flows.Contract.Definitions;

namespace Flows.Hub.Cli;

/// <summary><c>check FILE…</c>: every problem with its node and what to do; exit 2 if there is any.</summary>
internal static class CheckVerb
{
    private static readonly ActivityCatalog Catalog = ActivityCatalog.Of(typeof(global::Flows.Library.LibraryAssembly).Assembly);

    public static Command Command()
    {
        var argument = new Argument<FileInfo[]>("FILE") { Description = "Flow files.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("check", "Say every problem of flow files.") { argument };
        command.SetAction(parsed =>
        {
            var files = parsed.GetValue(argument)!.Select(file => Read(file)).ToList();
            return files.Sum(file => Say(file, files)) == 0 ? CommandLine.Exit.Finished : CommandLine.Exit.NotRunnable;
        });
        return command;
    }

    private static Checked Read(FileInfo file)
    {
        try { return new Checked(file, FlowOnDisk.Read(file.FullName).Flow, null); }
        catch (CommandFault unreadable) { return new Checked(file, null, unreadable.Message); }
    }

    private static int Say(Checked file, IReadOnlyList<Checked> all)
    {
        if (file.Flow is not { } flow)
        {
            Console.Error.WriteLine(file.Unreadable);
            return 1;
        }
        var problems = FlowChecks.Of(flow, Catalog, [.. all.Select(other => other.Flow).OfType<FlowDefinition>()]);
        Console.WriteLine($"{file.File.Name}: {(problems.Count == 0 ? "no problems" : $"{problems.Count} problem(s)")}");
        foreach (var problem in problems) Console.WriteLine(Shown.Problem(problem));
        return problems.Count;
    }

    /// <param name="Unreadable">Why there is no flow; null if there is one.</param>
    private sealed record Checked(FileInfo File, FlowDefinition? Flow, string? Unreadable);
}
