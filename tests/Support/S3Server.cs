using System.Diagnostics;
using System.Text.RegularExpressions;
using Amazon.Runtime;
using Amazon.S3;
using Flows.Hub.Artifacts.S3;
using Flows.Tests.Support;

[assembly: AssemblyFixture(typeof(S3Server))]

namespace Flows.Tests.Support;

/// <summary>
/// A real S3-compatible server (npm's s3rver, which ./test installs) on a free port, started for the first test that asks for a bucket.
/// Skips visibly where there is none; on CI that is a failure.
/// </summary>
public sealed partial class S3Server : IAsyncDisposable
{
    /// <summary>The only keys that it knows.</summary>
    public const string Key = "S3RVER";

    private const string KeyVariable = "FLOWS_TEST_S3_KEY";

    private readonly SemaphoreSlim _starting = new(1);
    private readonly string _folder = Directory.CreateTempSubdirectory("flows-s3-").FullName;
    private Process? _process;

    public string Url { get; private set; } = "";

    private static string Program => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "flows-tests", "node_modules", "s3rver", "bin", "s3rver.js");

    /// <summary>A new, empty bucket.</summary>
    public async Task<S3Options> NewBucketAsync()
    {
        await StartAsync();
        Environment.SetEnvironmentVariable(KeyVariable, Key);
        var name = "flows-" + Guid.NewGuid().ToString("N");
        using var client = Client();
        await client.PutBucketAsync(name);
        return new S3Options { Bucket = name, Endpoint = Url, AccessKeyFrom = KeyVariable, SecretKeyFrom = KeyVariable, Retries = 2 };
    }

    public AmazonS3Client Client() => new(new BasicAWSCredentials(Key, Key), new AmazonS3Config
    {
        ServiceURL = Url, ForcePathStyle = true, AuthenticationRegion = "us-east-1",
        RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED, ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
    });

    private async Task StartAsync()
    {
        if (!File.Exists(Program))
        {
            Assert.False(Environment.GetEnvironmentVariable("FLOWS_CI") == "1", "s3rver is missing: ./test installs it");
            Assert.Skip("no S3 server on this machine: ./test installs npm's s3rver");
        }
        await _starting.WaitAsync();
        try
        {
            if (_process is null) await BeginAsync();
        }
        finally { _starting.Release(); }
    }

    private async Task BeginAsync()
    {
        _process = Process.Start(new ProcessStartInfo("node", [Program, "-d", _folder, "-a", "127.0.0.1", "-p", "0", "--silent"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        while (Url.Length == 0 && await _process.StandardOutput.ReadLineAsync() is { } line)
            if (Listening().Match(line) is { Success: true } match) Url = $"http://127.0.0.1:{match.Groups[1].Value}";
        _ = _process.StandardOutput.ReadToEndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false } running)
        {
            running.Kill();
            await running.WaitForExitAsync();
        }
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
        _starting.Dispose();
    }

    [GeneratedRegex(@"listening on \S+?:(\d+)")]
    private static partial Regex Listening();
}
