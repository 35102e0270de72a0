using System.Net;
using Amazon.Runtime;
using Amazon.S3;

namespace Flows.Hub.Artifacts.S3;

/// <summary>Says for people what a bucket's answer means.</summary>
internal sealed class S3Faults(S3Options options)
{
    private string Place => $"the bucket '{options.Bucket}' at {options.Endpoint ?? "Amazon S3"}";

    /// <summary>Carries out a request; what goes wrong becomes an <see cref="ArtifactException"/>.</summary>
    public async Task<T> SayAsync<T>(Func<Task<T>> request, CancellationToken cancellation)
    {
        try
        {
            return await request();
        }
        catch (Exception fault) when (Of(fault, cancellation) is { } said)
        {
            throw said;
        }
    }

    public static bool IsMissing(AmazonS3Exception fault) => fault.StatusCode == HttpStatusCode.NotFound && fault.ErrorCode is not "NoSuchBucket";

    private ArtifactException? Of(Exception fault, CancellationToken cancellation) => fault switch
    {
        AmazonServiceException { ErrorCode: "NoSuchBucket" } => Unusable($"There is no bucket '{options.Bucket}' at {options.Endpoint ?? "Amazon S3"}. Create it, or name another.", fault),
        AmazonServiceException { StatusCode: HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized } refused => Unusable($"The access to {Place} is refused ({refused.ErrorCode}): check the keys and their rights.", fault),
        AmazonServiceException { StatusCode: >= HttpStatusCode.InternalServerError } away => Away($"{away.StatusCode}", fault),
        AmazonServiceException other => Unusable($"A request to {Place} failed: {other.ErrorCode} {other.Message}", fault),
        AmazonClientException { InnerException: null } client => Unusable($"A request to {Place} was not made: {client.Message}", fault),
        AmazonClientException or HttpRequestException or IOException => Away(fault.GetBaseException().Message, fault),
        TaskCanceledException when !cancellation.IsCancellationRequested => Away("it did not answer in time", fault),
        _ => null,
    };

    private static ArtifactException Unusable(string message, Exception cause) => new(ArtifactProblem.Unusable, message, cause);

    private ArtifactException Away(string why, Exception cause) =>
        new(ArtifactProblem.Away, $"{char.ToUpperInvariant(Place[0])}{Place[1..]} cannot be reached ({why}); it was tried {options.Retries + 1} times.", cause);
}
