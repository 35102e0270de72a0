using System.Text.Json.Nodes;
using Flows.Hub.Flows;

namespace Flows.Tests.StoredFlows;

/// <summary>A version handed out with what the store knows of it, all else as it was stored.</summary>
public sealed class StampedFlowTests
{
    [Theory]
    [InlineData("""{"definitionId":"a","root":{"version":9,"isLatest":"x"}}""", """{"definitionId":"a","root":{"version":9,"isLatest":"x"},"version":3,"isLatest":true,"isPublished":false}""")]
    [InlineData("""{"version":1,"isPublished":true,"root":{"id":"é\u00e9\"}"},"isLatest":false}""", """{"version":3,"isPublished":false,"root":{"id":"é\u00e9\"}"},"isLatest":true}""")]
    [InlineData("""{"root":{},"isLatest":{"odd":[1,2]},"note":"\\","version":null}""", """{"root":{},"isLatest":true,"note":"\\","version":3,"isPublished":false}""")]
    [InlineData("""{"v\u0065rsion":7,"root":[]}""", """{"v\u0065rsion":3,"root":[],"isLatest":true,"isPublished":false}""")]
    public void Three_properties_are_as_the_store_knows_them_and_no_other_byte_changes(string stored, string expected)
    {
        var row = new FlowVersionRow { DefinitionId = "a", Version = 3, Json = stored, Digest = "" };

        Assert.Equal(expected, System.Text.Encoding.UTF8.GetString(StampedFlow.Of(row, isLatest: true)));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(StampedFlow.Of(row, isLatest: true))));
    }
}
