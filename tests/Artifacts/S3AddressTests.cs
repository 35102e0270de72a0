using Flows.Hub;
using Flows.Hub.Artifacts.S3;

namespace Flows.Tests.Artifacts;

public sealed class S3AddressTests
{
    [Fact]
    public void An_address_says_bucket_prefix_and_how_to_reach_it()
    {
        var options = S3Address.Parse("s3://models/team%20a/flows/?endpoint=http%3A%2F%2Fstore%3A9000&region=eu-west-1&pathStyle=false&profile=ml&cacheGigabytes=2.5&retries=3");

        Assert.Equal(new S3Options { Bucket = "models", Prefix = "team a/flows", Endpoint = "http://store:9000", Region = "eu-west-1", PathStyle = false, Profile = "ml", CacheGigabytes = 2.5, Retries = 3 }, options);
    }

    [Fact]
    public void Every_mistake_is_said_at_once()
    {
        var error = Assert.Throws<ArtifactsFault>(() => S3Address.Parse("s3://Models/a/../b?endpoint=store:9000&pathStyle=perhaps&accessKeyFrom=NO_SUCH_VARIABLE&cacheGigabytes=0&retires=3"));

        Assert.Equal(8, error.Message.Split("\n- ").Length - 1);
        foreach (var part in (string[])["bucket 'Models'", "prefix 'a/../b'", "endpoint 'store:9000'", "pathStyle 'perhaps'", "name both", "NO_SUCH_VARIABLE is not set", "cacheGigabytes: 0.001", "'retires' is none of"])
            Assert.Contains(part, error.Message);
    }

    [Theory]
    [InlineData("models")]
    [InlineData("http://models")]
    public void What_is_no_address_at_all_is_told_what_one_looks_like(string address) =>
        Assert.Contains("s3://bucket/prefix", Assert.Throws<ArtifactsFault>(() => S3Address.Parse(address)).Message);

    [Fact]
    public void A_server_with_mistakes_in_its_configuration_does_not_start_and_leaves_its_data_folder_free()
    {
        var folder = Directory.CreateTempSubdirectory("flows-test-").FullName;
        var options = new HubOptions { Data = folder, Artifacts = "s3://x" };

        Assert.Contains("bucket 'x'", Assert.Throws<ArtifactsFault>(() => HubHost.Build(options)).Message);
        Assert.Contains("bucket 'x'", Assert.Throws<ArtifactsFault>(() => HubHost.Build(options)).Message);
        Directory.Delete(folder, recursive: true);
    }
}
