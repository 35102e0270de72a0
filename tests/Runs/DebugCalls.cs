using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Definitions;
using Flows.Contract.Runs;
using Flows.Tests.Support;

namespace Flows.Tests.Runs;

/// <summary>Starting and steering runs that are looked into, and small flows for it.</summary>
internal static class DebugCalls
{
    public static async Task<RunRecord> RunAsync(HttpClient http, string flow, DebugRequest debug)
    {
        var answer = await http.PostAsJsonAsync($"/api/flows/{flow}/runs?draft=true&wait=60", new RunRequest { Debug = debug }, ContractJson.Options);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<RunRecord>(ContractJson.Options))!;
    }

    public static async Task<string> StartAsync(HttpClient http, string flow, DebugRequest debug)
    {
        var answer = await http.PostAsJsonAsync($"/api/flows/{flow}/runs?draft=true", new RunRequest { Debug = debug }, ContractJson.Options);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!["runId"]!.GetValue<string>();
    }

    public static async Task PostAsync(HttpClient http, string path)
    {
        var answer = await http.PostAsync(path, null);
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, $"{path}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    public static JsonObject Each(string id, string items, JsonObject body) => Some.Activity(id, "Elsa.ForEach", ("items", Json(items)), ("body", body));

    public static JsonObject Sequence(string id, params JsonObject[] activities) => Some.Activity(id, "Elsa.Sequence", ("activities", new JsonArray([.. activities])));

    public static JsonObject Js(string id, string script) => Some.Activity(id, "Elsa.WriteLine", ("text", FlowInput.Wrap("String", "JavaScript", script)));

    public static JsonObject Json(string json) => FlowInput.Wrap("Object", "Object", json);

    public static JsonObject Script(string script) => FlowInput.Literal("String", script);

    public static JsonObject Pinned(JsonObject activity, string result)
    {
        activity["customProperties"] = new JsonObject { [PinnedOutput.Property] = new PinnedOutput(new JsonObject { ["result"] = result }, []).ToJson() };
        return activity;
    }
}
