namespace Flows.Hub.Artifacts.S3;

/// <summary>
/// A bucket that artifacts are kept in: configuration <c>Artifacts:S3</c> (environment <c>Artifacts__S3__Bucket</c> and so on)
/// or <c>--artifacts s3://bucket/prefix?endpoint=…</c>. Keys themselves are named, never written here.
/// </summary>
public sealed record S3Options
{
    /// <summary>Name of the bucket, 3 to 63 lower-case letters, digits, dots and hyphens.</summary>
    public string Bucket { get; init; } = "";

    /// <summary>Put before every key, without slashes at its ends. Default: nothing.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Address of an S3-compatible server, <c>http(s)://host[:port]</c>. Default: Amazon's of the region.</summary>
    public string? Endpoint { get; init; }

    /// <summary>Region. Default: the environment's, else <c>us-east-1</c>.</summary>
    public string? Region { get; init; }

    /// <summary>Bucket in the path instead of the host name. Default: with an endpoint yes, without no.</summary>
    public bool? PathStyle { get; init; }

    /// <summary>A profile of the AWS credentials file. Default: environment, profile <c>default</c>, then the machine's role.</summary>
    public string? Profile { get; init; }

    /// <summary>Names of the environment variables that hold access key and secret key, both or none.</summary>
    public string? AccessKeyFrom { get; init; }

    /// <inheritdoc cref="AccessKeyFrom"/>
    public string? SecretKeyFrom { get; init; }

    /// <summary>Bytes of copies kept on this machine, in gigabytes, 0.001 to 100,000. Default 20.</summary>
    public double CacheGigabytes { get; init; } = 20;

    /// <summary>Parts of this size are uploaded when a file is larger than one, in megabytes, 5 to 1,024. Default 16.</summary>
    public int PartMegabytes { get; init; } = 16;

    /// <summary>Times that a request is tried again when the server is away or overloaded, with growing pauses, 0 to 20. Default 6, about 30 seconds.</summary>
    public int Retries { get; init; } = 6;
}
