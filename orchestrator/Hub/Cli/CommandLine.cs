using System.CommandLine;

namespace Flows.Hub.Cli;

/// <summary>The program's verbs.</summary>
public static class CommandLine
{
    /// <summary>Exit codes that scripts rely on.</summary>
    public static class Exit
    {
        public const int Finished = 0;
        public const int Faulted = 1;
        public const int NotRunnable = 2;
        public const int Suspended = 3;
        public const int Cancelled = 130;
    }

    public static async Task<int> RunAsync(string[] arguments)
    {
        var root = new RootCommand("Flows: draw machine-learning pipelines and run them.")
        {
            DemoVerb.Command(), ServeVerb.Command(), RunVerb.Command(), CheckVerb.Command(), ImportVerb.Command(), ExportVerb.Command(), RunnerVerb.Command(), SyncVerb.Command(), AuditVerb.Command(), SecretsVerb.Command(), ReproduceVerb.Command(), ArtifactsVerb.Command(), TraceVerb.Command(),
        };
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync(error.Message);
            return Exit.NotRunnable;
        }
        return await Guarded.RunAsync(() => parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }));
    }
}
