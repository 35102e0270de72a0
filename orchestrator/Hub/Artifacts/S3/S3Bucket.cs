using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Flows.Hub.Artifacts.S3;

/// <summary>
/// Artifacts in a bucket, under <c>prefix/ab/&lt;sha256&gt;</c>. An object is written whole or not at all and never changed; several
/// programs may write the same one at once, since they write the same bytes.
/// </summary>
public sealed class S3Bucket(S3Options options) : IDisposable
{
    private readonly AmazonS3Client _client = S3Client.Of(options);
    private readonly S3Faults _faults = new(options);
    private readonly ConcurrentDictionary<string, bool> _damaged = new();

    public long CacheBytes { get; } = (long)(options.CacheGigabytes * 1_000_000_000);

    /// <summary>Fails, with a sentence for people, unless the bucket is there and may be read.</summary>
    public Task CheckAsync(CancellationToken cancellation) => _faults.SayAsync(() =>
        _client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = options.Bucket, Prefix = Folder, MaxKeys = 1 }, cancellation), cancellation);

    public async Task<bool> HasAsync(string sha256, CancellationToken cancellation) => await SizeAsync(sha256, cancellation) is not null;

    /// <summary>Stores a file whose digest is known; what is there already is not sent again.</summary>
    public async Task PutAsync(string file, string sha256, CancellationToken cancellation)
    {
        var isDamaged = _damaged.ContainsKey(sha256);
        if (!isDamaged && await SizeAsync(sha256, cancellation) == new FileInfo(file).Length) return;

        var upload = new S3Upload(_client, options.Bucket, Key(sha256), options.PartMegabytes * 1024L * 1024, replaces: isDamaged);
        await _faults.SayAsync(() => upload.SendAsync(file, cancellation), cancellation);
        _damaged.TryRemove(sha256, out _);
    }

    /// <summary>Copies an object; false when there is none. The bytes are as they came: who asks verifies them.</summary>
    public Task<bool> ReadAsync(string sha256, Stream to, CancellationToken cancellation) => _faults.SayAsync(async () =>
    {
        try
        {
            using var answer = await _client.GetObjectAsync(options.Bucket, Key(sha256), cancellation);
            await answer.ResponseStream.CopyToAsync(to, cancellation);
            return true;
        }
        // The client has found by itself that these are not the bytes that were sent.
        catch (AmazonClientException) when (to.Position > 0)
        {
            return true;
        }
        catch (AmazonS3Exception fault) when (S3Faults.IsMissing(fault))
        {
            return false;
        }
    }, cancellation);

    /// <summary>An object's first bytes; fewer when it is shorter, none when there is none.</summary>
    public Task<byte[]> BeginAsync(string sha256, int length, CancellationToken cancellation) => _faults.SayAsync(async () =>
    {
        try
        {
            using var answer = await _client.GetObjectAsync(new GetObjectRequest { BucketName = options.Bucket, Key = Key(sha256), ByteRange = new ByteRange(0, length - 1) }, cancellation);
            var head = new byte[length];
            return head[..await answer.ResponseStream.ReadAtLeastAsync(head, length, throwOnEndOfStream: false, cancellation)];
        }
        // An empty object has no such range.
        catch (AmazonS3Exception fault) when (S3Faults.IsMissing(fault) || fault.StatusCode == System.Net.HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return [];
        }
    }, cancellation);

    /// <summary>Remembers that an object's bytes are not what its name says, so that whoever stores it next replaces it.</summary>
    public void MarkDamaged(string sha256) => _damaged[sha256] = true;

    public Task DeleteAsync(string sha256, CancellationToken cancellation) => _faults.SayAsync(() => _client.DeleteObjectAsync(options.Bucket, Key(sha256), cancellation), cancellation);

    /// <summary>Every artifact in the bucket, in pages.</summary>
    public async IAsyncEnumerable<StoredArtifact> ListAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var request = new ListObjectsV2Request { BucketName = options.Bucket, Prefix = Folder };
        do
        {
            var page = await _faults.SayAsync(() => _client.ListObjectsV2Async(request, cancellation), cancellation);
            foreach (var found in page.S3Objects ?? [])
                if (found.Key[(found.Key.LastIndexOf('/') + 1)..] is var name && ArtifactDigest.IsDigest(name)) yield return new StoredArtifact(name, found.Size ?? 0, found.LastModified ?? default);
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (request.ContinuationToken is not null);
    }

    public void Dispose() => _client.Dispose();

    private string Folder => options.Prefix.Length == 0 ? "" : options.Prefix + "/";

    private string Key(string sha256) => $"{Folder}{sha256[..2]}/{sha256}";

    private Task<long?> SizeAsync(string sha256, CancellationToken cancellation) => _faults.SayAsync<long?>(async () =>
    {
        try
        {
            return (await _client.GetObjectMetadataAsync(options.Bucket, Key(sha256), cancellation)).ContentLength;
        }
        catch (AmazonS3Exception fault) when (S3Faults.IsMissing(fault))
        {
            return null;
        }
    }, cancellation);
}
