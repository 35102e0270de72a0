using Flows.Contract.Activities;

namespace Flows.Library.Python;

/// <summary>What a step asks of Python: <c>main</c> of a module, with arguments, an environment of its own and a work folder.</summary>
/// <param name="Interpreter">Path of a Python 3.</param>
internal sealed record PythonCall(string Interpreter, string Module, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment, string Folder)
{
    public StepLimits Limits { get; init; } = StepLimits.None;

    /// <summary>Files and folders (with a slash at the end) that are the step's own: the use of others is noted. Null: nobody looks.</summary>
    public IReadOnlyList<string>? Watch { get; init; }
}

/// <summary>A way to make a call a process: a program started anew, or a child forked from a warm parent. Both keep the same promises.</summary>
internal interface IPythonProcess
{
    /// <summary>Runs it to its end, with all that it started; on cancellation ends it.</summary>
    Task<ProcessEnd> RunAsync(PythonCall call, IStepLog log, TimeProvider time, CancellationToken cancellation);
}

/// <summary>A new interpreter for each step.</summary>
internal sealed class PlainPython : IPythonProcess
{
    public Task<ProcessEnd> RunAsync(PythonCall call, IStepLog log, TimeProvider time, CancellationToken cancellation) =>
        new StepProcess(log, time) { Limits = call.Limits, Watch = call.Watch }.RunAsync([call.Interpreter, "-B", "-u", "-m", call.Module, .. call.Arguments], call.Environment, call.Folder, cancellation);
}
