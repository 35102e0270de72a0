using System.Text.Json.Nodes;

namespace Flows.Designer.Api;

public sealed partial class FlowsApi
{
    /// <summary>Who is signed in: <c>name</c>, <c>mode</c> (<c>local</c> or <c>accounts</c>), <c>projects</c>.</summary>
    public Task<JsonObject> MeAsync(CancellationToken cancellation = default) => GetAsync<JsonObject>("api/me", cancellation);
}
