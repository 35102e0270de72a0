using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.S3;

namespace Flows.Hub.Artifacts.S3;

/// <summary>The connection that options describe.</summary>
internal static class S3Client
{
    /// <param name="keys">Instead of those that the options name.</param>
    /// <param name="requests">How its requests are sent.</param>
    public static AmazonS3Client Of(S3Options options, AWSCredentials? keys = null, HttpClientFactory? requests = null)
    {
        var config = new AmazonS3Config
        {
            ForcePathStyle = options.PathStyle ?? options.Endpoint is not null,
            RetryMode = RequestRetryMode.Standard,
            MaxErrorRetry = options.Retries,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            // Compatible servers often know no trailing checksums; the signed digest of the payload is verified by all of them.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            HttpClientFactory = requests,
        };
        if (options.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint;
            config.AuthenticationRegion = options.Region ?? "us-east-1";
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region ?? FallbackRegionFactory.GetRegionEndpoint()?.SystemName ?? "us-east-1");
        }
        return (keys ?? Credentials(options)) is { } credentials ? new AmazonS3Client(credentials, config) : new AmazonS3Client(config);
    }

    private static AWSCredentials? Credentials(S3Options options)
    {
        if (options.AccessKeyFrom is { } key) return new BasicAWSCredentials(Environment.GetEnvironmentVariable(key), Environment.GetEnvironmentVariable(options.SecretKeyFrom!));
        if (options.Profile is not { } profile) return null;
        return new CredentialProfileStoreChain().TryGetAWSCredentials(profile, out var credentials)
            ? credentials
            : throw new ArtifactsFault($"There is no AWS profile '{profile}' in the credentials file.");
    }
}
