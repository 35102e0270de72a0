using Amazon.Runtime;
using Amazon.S3;
using Flows.Contract.Activities;
using Flows.Contract.Secrets;
using Flows.Hub.Artifacts.S3;
using Flows.Library.Network;

namespace Flows.Hub.Triggers.Watches.Buckets;

/// <summary>
/// Connects to a bucket that somebody who draws flows has written down. Its keys are secrets of the project. Only without login are
/// they the machine's own too: elsewhere whoever names a variable of the server's environment would have it sent to an address of theirs.
/// </summary>
internal sealed class BucketConnection(ISecrets secrets, NetworkPolicy policy)
{
    /// <exception cref="WatchFault">There are no such keys.</exception>
    public async Task<AmazonS3Client> OpenAsync(S3Options options, string projectId, CancellationToken cancellation)
    {
        if (policy.IsGuarded && options.Profile is not null) throw new WatchFault("The bucket cannot be listed: profiles are the server's own; name secrets of the project by accessKeyFrom and secretKeyFrom.");
        return S3Client.Of(options with { Retries = 1 }, await KeysAsync(options, projectId, cancellation), new Guarded(policy));
    }

    private async Task<AWSCredentials?> KeysAsync(S3Options options, string projectId, CancellationToken cancellation)
    {
        if (options is not { AccessKeyFrom: { } access, SecretKeyFrom: { } secret }) return policy.IsGuarded ? new AnonymousAWSCredentials() : null;
        return new BasicAWSCredentials(await KeyAsync(access, projectId, cancellation), await KeyAsync(secret, projectId, cancellation));
    }

    private async Task<string> KeyAsync(string name, string projectId, CancellationToken cancellation) =>
        await secrets.FindAsync(projectId, name, cancellation) ?? (policy.IsGuarded ? null : Environment.GetEnvironmentVariable(name)) ?? throw new WatchFault($"The bucket cannot be listed: there is no secret '{name}'.");

    private sealed class Guarded(NetworkPolicy policy) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => OutgoingRequests.By(policy);

        // It is everybody's.
        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;
    }
}
