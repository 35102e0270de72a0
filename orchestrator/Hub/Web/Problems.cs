using Flows.Contract.Checks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Flows.Hub.Web;

/// <summary>Errors as RFC 9457 problem details, with every problem of a flow listed.</summary>
public static class Problems
{
    public static ProblemHttpResult NotFound(string what) => TypedResults.Problem(what, statusCode: StatusCodes.Status404NotFound, title: "Not found");

    public static ProblemHttpResult Bad(string what) => TypedResults.Problem(what, statusCode: StatusCodes.Status400BadRequest, title: "Bad request");

    public static ProblemHttpResult Conflict(string what) => TypedResults.Problem(what, statusCode: StatusCodes.Status409Conflict, title: "Conflict");

    public static ProblemHttpResult NotRunnable(IReadOnlyList<FlowProblem> problems) => TypedResults.Problem(
        $"The flow has {problems.Count(problem => problem.Level == ProblemLevel.Error)} problem(s) that keep it from being run.",
        statusCode: StatusCodes.Status422UnprocessableEntity,
        title: "Not runnable",
        extensions: new Dictionary<string, object?> { ["problems"] = problems });
}

/// <summary>A request that cannot be served, with the sentence and status to answer.</summary>
public sealed class RequestFault(string message, int status = StatusCodes.Status400BadRequest) : Exception(message)
{
    public int Status { get; } = status;

    public IReadOnlyList<FlowProblem> Problems { get; init; } = [];
}
