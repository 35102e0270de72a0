using System.Text.Json.Nodes;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Flows.Contract.Activities;
using Flows.Contract.Definitions;
using Flows.Hub.Artifacts.S3;

namespace Flows.Hub.Triggers.Watches.Buckets;

/// <summary>Objects below a prefix of a bucket, looked at by the clock; an object has changed when its ETag is another.</summary>
internal sealed class BucketChanged(BucketConnection connection, TimeProvider time) : IWatchKind
{
    public string ActivityType => "Flows.BucketChanged";

    public IReadOnlyList<PolicyProblem> ProblemsOf(JsonObject inputs)
    {
        var problems = WatchFields.Durations(inputs, "pollSeconds").ToList();
        try { S3Address.Parse(inputs.Text("address") ?? "", isOfFlow: true); }
        catch (ArtifactsFault wrong) { problems.Add(new PolicyProblem("address", $"cannot be used: {wrong.Message}", "Write s3://bucket/prefix?endpoint=http://host:9000&region=us-east-1.")); }
        return problems;
    }

    public IWatch Open(WatchedTrigger trigger) => new BucketWatch(trigger, connection, time);
}

internal sealed class BucketWatch(WatchedTrigger trigger, BucketConnection connection, TimeProvider time) : IWatch
{
    private readonly S3Options _options = S3Address.Parse(trigger.Inputs.Text("address") ?? "", isOfFlow: true);
    private readonly TimeSpan _poll = WatchFields.Duration(trigger.Inputs, "pollSeconds", 60);
    private AmazonS3Client? _client;

    public async Task<Look> LookAsync(Seen seen, CancellationToken cancellation)
    {
        _client ??= await connection.OpenAsync(_options, trigger.ProjectId, cancellation);
        var now = await ReadAsync(_client, cancellation);
        var cursor = new JsonObject { ["objects"] = Listing.ToJson(now) };
        if (seen.Cursor?["objects"] is not JsonObject before) return new Look(cursor);
        var changes = Listing.Changes(before, now, trigger.Inputs.Flag("removed"));
        return new Look(cursor, changes.Count == 0 ? null : FireOf(changes, seen.Revision));
    }

    public Task WaitAsync(CancellationToken cancellation) => Task.Delay(_poll, time, cancellation);

    public ValueTask DisposeAsync()
    {
        _client?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<Dictionary<string, string>> ReadAsync(AmazonS3Client client, CancellationToken cancellation)
    {
        var (found, request) = (new Dictionary<string, string>(), new ListObjectsV2Request { BucketName = _options.Bucket, Prefix = _options.Prefix });
        try
        {
            do
            {
                var page = await client.ListObjectsV2Async(request, cancellation);
                foreach (var one in page.S3Objects ?? []) found[one.Key] = one.ETag?.Trim('"') ?? "";
                if (found.Count > Listing.Most) throw new WatchFault($"More than {Listing.Most} objects lie below s3://{_options.Bucket}/{_options.Prefix}: choose a narrower prefix.");
                request.ContinuationToken = page.NextContinuationToken;
            }
            while (request.ContinuationToken is not null);
            return found;
        }
        catch (Exception away) when (away is AmazonServiceException or AmazonClientException or HttpRequestException) { throw new WatchFault($"The bucket {_options.Bucket} cannot be listed: {away.Message}", away); }
    }

    private Fire FireOf(IReadOnlyList<ListingChange> changes, long revision)
    {
        var objects = new JsonArray([.. changes.Take(Listing.MostListed).Select(change => (JsonNode)new JsonObject { ["key"] = change.Name, ["change"] = change.What, ["etag"] = change.Stamp })]);
        return new Fire(Listing.Key(revision, changes), time.GetUtcNow(), new JsonObject { ["bucket"] = _options.Bucket, ["key"] = changes[0].Name, ["objects"] = objects, ["count"] = changes.Count });
    }
}
