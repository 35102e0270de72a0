using System.Collections;
using Flows.Contract.Activities;

namespace Flows.Library.Python.Environments;

/// <summary>A program that makes environments: below a keeper, in a folder of its own, with what the machine says about where packages come from.</summary>
internal sealed class PackageProgram(IStepLog log)
{
    public async Task<(int Code, string Errors)> RunAsync(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> more, CancellationToken cancellation)
    {
        var errors = new Tail(log);
        var own = Directory.CreateTempSubdirectory("flows-pip-").FullName;
        try
        {
            var variables = Variables();
            foreach (var (name, value) in more) variables.TryAdd(name, value);
            var end = await new StepProcess(errors, TimeProvider.System).RunAsync(command, variables, own, cancellation);
            return (end.ExitCode, errors.Text);
        }
        finally
        {
            EnvironmentShelf.Remove(own);
        }
    }

    // Where packages come from is the machine's to say, as for anyone who calls these programs on it.
    private static Dictionary<string, string> Variables()
    {
        var variables = StepVariables.Machine().Where(pair => pair.Name != "PYTHONPATH").ToDictionary(pair => pair.Name, pair => pair.Value);
        foreach (DictionaryEntry pair in Environment.GetEnvironmentVariables())
        {
            var name = (string)pair.Key;
            if (name.StartsWith("PIP_", StringComparison.Ordinal) || name.StartsWith("UV_", StringComparison.Ordinal) || name.ToUpperInvariant() is "HTTP_PROXY" or "HTTPS_PROXY" or "NO_PROXY" or "SSL_CERT_FILE" or "REQUESTS_CA_BUNDLE") variables[name] = (string)pair.Value!;
        }
        return variables;
    }

    /// <summary>What the program says is the step's log, as far as it is for people, and kept for telling what went wrong.</summary>
    private sealed class Tail(IStepLog log) : IStepLog
    {
        private readonly System.Text.StringBuilder _text = new();

        public string Text { get { lock (_text) return _text.ToString(); } }

        public void Write(LogLevel level, string text)
        {
            lock (_text) if (_text.Length < 64 * 1024) _text.AppendLine(text);
            log.Write(LogLevel.Debug, text);
        }

        public void Progress(double share, string? text = null) { }
    }
}
