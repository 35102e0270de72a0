namespace Flows.Contract.Checks;

/// <summary>How bad a problem is: an error keeps a flow from being run, a warning does not.</summary>
public enum ProblemLevel { Warning, Error }

/// <summary>One thing that is wrong with a flow, said to its author.</summary>
/// <param name="ActivityId">The node, or null when the whole flow is meant.</param>
/// <param name="Field">The property of the node, camelCase, or null.</param>
/// <param name="Message">What is wrong, one sentence.</param>
/// <param name="Fix">What to do about it, one sentence.</param>
/// <param name="Code">Stable machine name, for example <c>unknown-activity</c>, <c>missing-input</c>, <c>dangling-wire</c>.</param>
public sealed record FlowProblem(ProblemLevel Level, string Code, string? ActivityId, string? Field, string Message, string Fix);
