using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Flows.Hub.Artifacts.S3;

/// <summary>One file on its way into a bucket: in one request, or in parts that are read from disk as they are sent.</summary>
/// <param name="replaces">An object that is there is replaced; else it is left as it is, where the server knows conditional writes.</param>
internal sealed class S3Upload(AmazonS3Client client, string bucket, string key, long part, bool replaces)
{
    private const int MostParts = 10_000;
    private const int PartsAtOnce = 3;

    /// <returns>False when another writer was first.</returns>
    public async Task<bool> SendAsync(string file, CancellationToken cancellation)
    {
        var size = new FileInfo(file).Length;
        if (size <= part) return await WhetherFirstAsync(condition => PutAsync(file, condition, cancellation));

        var upload = (await client.InitiateMultipartUploadAsync(new InitiateMultipartUploadRequest { BucketName = bucket, Key = key }, cancellation)).UploadId;
        try
        {
            var parts = await SendPartsAsync(file, size, upload, cancellation);
            return await WhetherFirstAsync(condition => CompleteAsync(upload, parts, condition, cancellation)) || await AbortAsync(upload);
        }
        catch
        {
            await AbortAsync(upload);
            throw;
        }
    }

    private Task PutAsync(string file, string? condition, CancellationToken cancellation) => client.PutObjectAsync(new PutObjectRequest
    {
        BucketName = bucket, Key = key, FilePath = file, ContentType = "application/octet-stream", UseChunkEncoding = false, IfNoneMatch = condition,
    }, cancellation);

    private async Task<PartETag[]> SendPartsAsync(string file, long size, string upload, CancellationToken cancellation)
    {
        var length = Math.Max(part, (size + MostParts - 1) / MostParts);
        var parts = new PartETag[(int)((size + length - 1) / length)];
        await Parallel.ForAsync(0, parts.Length, new ParallelOptions { MaxDegreeOfParallelism = PartsAtOnce, CancellationToken = cancellation }, async (index, stop) =>
        {
            var answer = await client.UploadPartAsync(new UploadPartRequest
            {
                BucketName = bucket, Key = key, UploadId = upload, PartNumber = index + 1, UseChunkEncoding = false,
                FilePath = file, FilePosition = index * length, PartSize = Math.Min(length, size - index * length),
            }, stop);
            parts[index] = new PartETag(index + 1, answer.ETag);
        });
        return parts;
    }

    private Task CompleteAsync(string upload, PartETag[] parts, string? condition, CancellationToken cancellation) => client.CompleteMultipartUploadAsync(
        new CompleteMultipartUploadRequest { BucketName = bucket, Key = key, UploadId = upload, PartETags = [.. parts], IfNoneMatch = condition }, cancellation);

    private async Task<bool> WhetherFirstAsync(Func<string?, Task> write)
    {
        try
        {
            await write(replaces ? null : "*");
            return true;
        }
        catch (AmazonS3Exception refused) when (refused.StatusCode == HttpStatusCode.NotImplemented)
        {
            await write(null);
            return true;
        }
        catch (AmazonS3Exception refused) when (refused.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict)
        {
            return false;
        }
    }

    // The upload failed already: parts that cannot be taken back now are what the bucket's lifecycle rule is for.
    private async Task<bool> AbortAsync(string upload)
    {
        try { await client.AbortMultipartUploadAsync(bucket, key, upload, CancellationToken.None); }
        catch (Exception fault) when (fault is AmazonServiceException or AmazonClientException or HttpRequestException or IOException) { }
        return false;
    }
}
