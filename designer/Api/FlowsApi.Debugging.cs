using System.Text.Json.Nodes;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;

namespace Flows.Designer.Api;

public sealed partial class FlowsApi
{
    /// <summary>Starts the draft so that it can be looked into.</summary>
    public async Task<string> DebugAsync(string definitionId, JsonObject? inputs, DebugRequest debug, CancellationToken cancellation = default) =>
        (await PostAsync<JsonObject>($"api/flows/{Escape(definitionId)}/runs?draft=true", new RunRequest { Inputs = inputs, Debug = debug }, cancellation)).Text("runId") ?? "";

    /// <summary>The same from an activity on, with what the earlier run's steps before it gave.</summary>
    public async Task<string> DebugFromAsync(string runId, string from, DebugRequest debug, CancellationToken cancellation = default) =>
        (await PostAsync<JsonObject>($"api/runs/{Escape(runId)}/rerun?version=draft&from={Escape(from)}", new { debug }, cancellation)).Text("runId") ?? "";

    /// <param name="how"><c>step</c>, <c>continue</c> or <c>pause</c>.</param>
    /// <param name="bookmark">Only the step that stopped there.</param>
    public Task SteerAsync(string runId, string how, string? bookmark = null, CancellationToken cancellation = default) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, $"api/runs/{Escape(runId)}/{how}" + (bookmark is null ? "" : $"?bookmark={Escape(bookmark)}")), cancellation);

    public Task BreakAsync(string runId, IReadOnlyList<Breakpoint> breakpoints, CancellationToken cancellation = default) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Put, $"api/runs/{Escape(runId)}/breakpoints") { Content = ToJson(breakpoints) }, cancellation);

    /// <summary>What went through a port of a node's newest step.</summary>
    public Task<PortValue> PortAsync(string runId, string activityId, string port, string side, CancellationToken cancellation = default) =>
        GetAsync<PortValue>($"api/runs/{Escape(runId)}/ports/{Escape(activityId)}/{Escape(port)}?side={side}", cancellation);
}
