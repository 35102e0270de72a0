namespace Flows.Hub.Artifacts;

/// <summary>An <see cref="ArtifactException"/> as problem details with the status that fits.</summary>
internal static class ArtifactErrors
{
    public static async ValueTask<object?> AsProblem(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (ArtifactException error)
        {
            return TypedResults.Problem(error.Message, statusCode: Status(error.Problem), title: Title(error.Problem));
        }
    }

    private static int Status(ArtifactProblem problem) => problem switch
    {
        ArtifactProblem.Missing => StatusCodes.Status404NotFound,
        ArtifactProblem.Damaged => StatusCodes.Status500InternalServerError,
        ArtifactProblem.Unusable => StatusCodes.Status500InternalServerError,
        ArtifactProblem.Away => StatusCodes.Status503ServiceUnavailable,
        ArtifactProblem.WrongDigest => StatusCodes.Status422UnprocessableEntity,
        _ => StatusCodes.Status400BadRequest,
    };

    private static string Title(ArtifactProblem problem) => problem switch
    {
        ArtifactProblem.Missing => "No such artifact",
        ArtifactProblem.Damaged => "Artifact damaged",
        ArtifactProblem.Unusable => "Artifact store cannot be used",
        ArtifactProblem.Away => "Artifact store cannot be reached",
        ArtifactProblem.WrongDigest => "Digest does not match",
        ArtifactProblem.BadDigest => "Not a digest",
        _ => "Bad path",
    };
}
